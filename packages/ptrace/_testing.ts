import { lazySymbols, SystemError } from "@procctl/libc";
import { O_CREAT, O_TRUNC, O_WRONLY } from "@procctl/libc/open-flags";
import { ChildProgram } from "@procctl/spawn/child-program";
import { exec, open, type Step, syscall } from "@procctl/spawn/steps";
import {
  patience,
  run,
  staticProgram,
  type TemporaryFolder,
} from "@procctl/testing";
import { readStatus } from "./_proc_status.ts";
import * as ptrace from "@procctl/ptrace/requests";

const libc = lazySymbols({
  // int kill(pid_t pid, int sig)
  kill: { parameters: ["i32", "i32"], result: "i32" },
});

const SIGKILL = 9;
const ITIMER_REAL = 0;
/** After so many seconds a tracee gets SIGALRM: nobody waits for ever. */
const ALARM_AFTER = BigInt(patience(20));

/** How a tracee is started. */
export interface TraceeOptions {
  /** The `PTRACE_O_*`. @default {PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL} */
  options?: number;
  /** The file that it writes to. @default {nothing} */
  stdout?: string;
  /** What it does before its exec. @default {nothing} */
  steps?: Step[];
}

/** A traced child, stopped at its exec; it is gone when the test ends. */
export class Tracee implements Disposable {
  readonly pid: number;

  constructor(
    argv: readonly [string, ...string[]],
    options: TraceeOptions = {},
  ) {
    const {
      options: flags = ptrace.PTRACE_O_TRACESYSGOOD | ptrace.PTRACE_O_EXITKILL,
      stdout = "/dev/null",
      steps = [],
    } = options;
    const timer = new BigInt64Array([0n, 0n, ALARM_AFTER, 0n]);
    const program = new ChildProgram().add(
      syscall("setitimer", ITIMER_REAL, new Uint8Array(timer.buffer), 0),
      open(1, stdout, O_WRONLY | O_CREAT | O_TRUNC),
      ...steps,
      exec(argv[0], argv),
    );
    this.pid = ptrace.startTraced(program, flags | ptrace.PTRACE_O_EXITKILL);
  }

  /** Lets it go on, and waits for what comes next. */
  next(
    resume: (tid: number, signal: number) => void = ptrace.cont,
    signal = 0,
  ): ptrace.WaitStatus {
    resume(this.pid, signal);
    return ptrace.waitFor(this.pid);
  }

  [Symbol.dispose](): void {
    libc.kill(this.pid, SIGKILL);
    while (!this.#hasEnded()) {
      // At the stop of its exit a task does not heed SIGKILL.
      if (isStopped(this.pid)) unlessGone(() => ptrace.cont(this.pid));
    }
  }

  #hasEnded(): boolean {
    // The test itself may have seen its end.
    const status = unlessGone(() =>
      ptrace.waitFor(this.pid, ptrace.__WALL | ptrace.WNOHANG)
    );
    return status === undefined || status.kind === "exited" ||
      status.kind === "signaled";
  }
}

/** Does something, unless the task is gone. */
function unlessGone<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return undefined;
  }
}

/** Whether a task is in a stop of ptrace. */
function isStopped(tid: number): boolean {
  return readStatus(tid)?.state === "t";
}

/** One system call, from entry to exit. */
export interface SeenCall {
  nr: number;
  args: bigint[];
  /** Undefined if it did not come back. */
  rval: bigint | undefined;
}

/** What a tracee does to its end, signals passed on, and how it ended. */
export function traceCalls(
  { pid }: Tracee,
  onStop: (status: ptrace.WaitStatus) => number | void = () => {},
): { calls: SeenCall[]; end: ptrace.WaitStatus } {
  const info = new ptrace.SyscallInfo();
  const calls: SeenCall[] = [];
  let signal = 0;
  for (;;) {
    ptrace.syscall(pid, signal);
    const status = ptrace.waitFor(pid);
    signal = 0;
    switch (status.kind) {
      case "exited":
      case "signaled":
        return { calls, end: status };
      case "syscall-stop":
        ptrace.getSyscallInfo(pid, info);
        if (info.kind === "entry") {
          calls.push({ nr: info.nr, args: [...info.args], rval: undefined });
        } else if (info.kind === "exit" && calls.length > 0) {
          calls.at(-1)!.rval = info.rval;
        }
        onStop(status);
        break;
      case "stopped":
        signal = onStop(status) ?? status.signal;
        break;
      default:
        onStop(status);
    }
  }
}

/** Compiles a program in C, and returns its path. */
export function compile(
  folder: TemporaryFolder,
  source: string,
  ...flags: string[]
): string {
  const program = folder.join("program");
  const file = folder.write("program.c", source);
  const { code, stderr } = run(["gcc", "-o", program, file, ...flags]);
  if (code !== 0) throw new Error(`Cannot compile: ${stderr}`);
  return program;
}

/** Where the code of a static program begins. */
export const CODE = 0x400078n;

/** Goes three times over a nop at {@linkcode NOP}, then exits with status 0. */
export function loopProgram(): Uint8Array {
  return staticProgram({
    "x86_64": [
      "b903000000", // 00: mov ecx, 3
      "90", //         05: nop
      "ffc9", //       06: dec ecx
      "75fb", //       08: jne 05
      "b83c000000", // 0a: mov eax, 60    exit
      "31ff", //       0f: xor edi, edi
      "0f05", //       11: syscall
    ],
    "aarch64": [
      "610080d2", // 00: mov x1, #3
      "1f2003d5", // 04: nop
      "210400f1", // 08: subs x1, x1, #1
      "c1ffff54", // 0c: b.ne 04
      "000080d2", // 10: mov x0, #0
      "a80b80d2", // 14: mov x8, #93      exit
      "010000d4", // 18: svc #0
    ],
  });
}

/** Where that program has its nop. */
export const NOP: bigint = CODE +
  (Deno.build.arch === "x86_64" ? 0x05n : 0x04n);

/**
 * Writes five bytes of its own code, from {@linkcode CODE} on, and exits with
 * what the call returned.
 */
export function writeProgram(): Uint8Array {
  return staticProgram({
    "x86_64": [
      "b801000000", // mov eax, 1           write
      "bf01000000", // mov edi, 1
      "be78004000", // mov esi, 0x400078
      "ba05000000", // mov edx, 5
      "0f05", //       syscall
      "89c7", //       mov edi, eax
      "b83c000000", // mov eax, 60          exit
      "0f05", //       syscall
    ],
    "aarch64": [
      "200080d2", // mov x0, #1
      "010f80d2", // mov x1, #0x78
      "0108a0f2", // movk x1, #0x40, lsl 16
      "a20080d2", // mov x2, #5
      "080880d2", // mov x8, #64          write
      "010000d4", // svc #0
      "a80b80d2", // mov x8, #93          exit
      "010000d4", // svc #0
    ],
  });
}
