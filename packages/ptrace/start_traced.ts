/**
 * Starting a program that is traced from its first instruction on.
 *
 * @module
 */

import type { StringOrBytes } from "@procctl/libc";
import { closeFile } from "@procctl/libc/files";
import { ChildProgram } from "@procctl/spawn/child-program";
import { exec } from "@procctl/spawn/steps";
import { seize } from "./_attach_requests.ts";
import { toExec } from "./_to_exec.ts";
import { PTRACE_O_EXITKILL, PTRACE_O_TRACEEXEC } from "./constants.ts";

/**
 * Starts a program that is traced from its first instruction on.
 *
 * The child is seized while it waits at a gate, and is stopped then by its
 * exec, with `PTRACE_EVENT_EXEC`: nothing that prepared it is seen, and no
 * signal is used up for it.
 *
 * @param program The program: the absolute path and the arguments, the first of
 * which is the path itself, or all the steps of a child.
 * @param options The `PTRACE_O_*` options. `PTRACE_O_TRACEEXEC` is added.
 * @returns The number of the child, which is stopped at its exec.
 * @throws {SystemError} If a step of the child fails, the exec among them, or
 * it must not be traced. There is no child then.
 * @throws {Error} If a signal ended the child before its exec.
 * @throws {TypeError} If the arguments cannot be handed to C.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/sh", "-c", "exit 3"]);
 * ptrace.cont(pid);
 * const status = ptrace.waitFor(pid);
 * console.log(status.kind, status.kind === "exited" && status.code); // prints: exited 3
 * ```
 */
export function startTraced(
  program:
    | ChildProgram
    | readonly [path: StringOrBytes, ...args: StringOrBytes[]],
  options: number = PTRACE_O_EXITKILL,
): number {
  const steps = program instanceof ChildProgram
    ? program
    : new ChildProgram().add(exec(program[0], program));
  using child = steps.startAtGate();
  seize(child.pid, options | PTRACE_O_TRACEEXEC);
  child.open();
  const { pid, pidfd } = child;
  const end = toExec(pid);
  // If a step of it failed, this throws, and reaps it where that is left to do.
  child.executed();
  closeFile(pidfd);
  if (end === undefined) return pid;
  throw new Error(`Cannot trace task ${pid}: it ended before its exec, ${end}`);
}
