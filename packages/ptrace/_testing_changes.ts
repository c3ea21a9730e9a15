import { readFile } from "@procctl/libc";
import { fixedAddresses } from "@procctl/spawn/steps";
import { TemporaryFolder } from "@procctl/testing";
import * as ptrace from "@procctl/ptrace/requests";
import { CallChanges } from "./_changes.ts";
import { Tracee } from "./_testing.ts";
import { scenario } from "./_testing_tracees.ts";
import { syscallFilter, syscallFilterStep } from "./syscall_filter.ts";
import type { WriteCall } from "./_write_call.ts";

/** What a test does at the stops of a program's system calls. */
export interface OnCalls {
  /** How changes are written. @default {the best way} */
  write?: WriteCall;
  /** The calls that it is stopped at, by a filter. @default {all, without} */
  filter?: string[];
  enter?: (changes: CallChanges, tid: number) => void;
  exit?: (changes: CallChanges, tid: number) => void;
}

/**
 * Plays a scenario, with something done at the stops of its system calls.
 *
 * @returns What it has written, and how it ended.
 */
export function playChanged(
  name: string,
  args: (string | number)[],
  { write, filter, enter, exit }: OnCalls = {},
): { stdout: string; end: ptrace.WaitStatus } {
  using folder = new TemporaryFolder();
  const stdout = folder.write("out", "");
  const untilEntry = filter === undefined ? ptrace.syscall : ptrace.cont;
  using child = new Tracee(scenario(name, ...args), {
    options: ptrace.PTRACE_O_TRACESYSGOOD | ptrace.PTRACE_O_TRACESECCOMP,
    steps: [
      fixedAddresses(),
      ...filter === undefined ? [] : [syscallFilterStep(syscallFilter(filter))],
    ],
    stdout,
  });
  const { pid } = child;
  const changes = new CallChanges(write);
  let resume = untilEntry;
  for (;;) {
    let status = child.next(resume);
    while (status.kind === "stopped") {
      status = child.next(resume, status.signal);
    }
    if (status.kind === "exited" || status.kind === "signaled") {
      const output = new TextDecoder().decode(readFile(stdout));
      return { stdout: output, end: status };
    }
    ptrace.getSyscallInfo(pid, changes.info);
    if (changes.info.kind === "exit") {
      changes.exited();
      exit?.(changes, pid);
      resume = untilEntry;
    } else {
      changes.entered();
      enter?.(changes, pid);
      resume = ptrace.syscall;
    }
    changes.apply(pid);
  }
}
