/**
 * Waiting for tracees, one by one: no function here takes the status of a
 * child that it was not told of, be it of `Deno.Command` or anyone's.
 *
 * @module
 */

import {
  lazySymbols,
  orErrno,
  SystemError,
  wasInterrupted,
} from "@procctl/libc";
import { checkTid } from "./_check.ts";
import { readStatus } from "./_proc_status.ts";
import { __WALL, __WNOTHREAD, WNOHANG } from "./constants.ts";

/**
 * What became of a tracee.
 *
 * `pid` is the number of the task, of a thread too; `signal` is a number, of
 * which `signalName()` of `@procctl/libc` tells the name.
 */
export type WaitStatus =
  /** It ended by itself. */
  | { kind: "exited"; pid: number; code: number }
  /** A signal ended it. */
  | { kind: "signaled"; pid: number; signal: number; coreDumped: boolean }
  /** A signal is about to be delivered, or, without seize, has stopped it. */
  | { kind: "stopped"; pid: number; signal: number }
  /** It is at a system call: with `PTRACE_O_TRACESYSGOOD` only. */
  | { kind: "syscall-stop"; pid: number }
  /** A `PTRACE_EVENT_*`; the signal is SIGTRAP, or that of a group-stop. */
  | { kind: "event"; pid: number; event: number; signal: number }
  /** It was stopped and goes on: with `WCONTINUED` only. */
  | { kind: "continued"; pid: number }
  /** Nothing: with `WNOHANG` only. */
  | { kind: "still-alive"; pid: number };

const libc = lazySymbols({
  // pid_t wait4(pid_t pid, int *status, int options, struct rusage *)
  wait4: { parameters: ["i32", "buffer", "i32", "usize"], result: "i32" },
  // int waitid(idtype_t idtype, id_t id, siginfo_t *infop, int options)
  waitid: { parameters: ["i32", "u32", "buffer", "i32"], result: "i32" },
  // int poll(struct pollfd *fds, nfds_t nfds, int timeout)
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
  // pid_t gettid(void)
  gettid: { parameters: [], result: "i32" },
});

const ECHILD = 10;
const SIGTRAP = 5;

const rawStatus = new Int32Array(new ArrayBuffer(4));

/**
 * Waits for one tracee, or child, as waitpid(2).
 *
 * @param pid The task. A number of 0 or less, which in C is any child, is
 * refused: it would take those that Deno waits for.
 * @param options The `W*` and `__W*` options. `__WALL` is what threads and
 * their like need.
 * @returns What became of it; `still-alive` if nothing did, with `WNOHANG`.
 * @throws {SystemError} `ECHILD` if it is neither a tracee nor a child of this
 * program, or no longer.
 * @throws {RangeError} If the number is not that of one task.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/sh", "-c", "kill -TERM $$"]);
 * ptrace.cont(pid);
 * const status = ptrace.waitFor(pid);
 * console.log(status.kind === "stopped" && status.signal); // prints: 15
 * ```
 */
export function waitFor(pid: number, options: number = __WALL): WaitStatus {
  checkTid(pid);
  for (;;) {
    const result = orErrno(libc.wait4(pid, rawStatus, options, 0n));
    if (result > 0) return decodeWaitStatus(result, rawStatus[0]!);
    if (result === 0) return { kind: "still-alive", pid };
    if (!wasInterrupted(result)) throw failure(`task ${pid}`, "wait4", -result);
  }
}

/**
 * Decodes a status of wait(2): `WIFEXITED` and its kin.
 *
 * @param pid The task that it is of.
 * @param status The status.
 * @returns What it says.
 *
 * @example Usage
 * ```ts
 * import { decodeWaitStatus } from "@procctl/ptrace/wait";
 *
 * console.log(decodeWaitStatus(7, 0x857f)); // prints: { kind: "syscall-stop", pid: 7 }
 * ```
 */
export function decodeWaitStatus(pid: number, status: number): WaitStatus {
  if (status === 0xffff) return { kind: "continued", pid };
  const low = status & 0xff;
  if (low === 0x7f) {
    const signal = (status >> 8) & 0xff;
    const event = (status >> 16) & 0xffff;
    if (event !== 0) return { kind: "event", pid, event, signal };
    if (signal === (SIGTRAP | 0x80)) return { kind: "syscall-stop", pid };
    return { kind: "stopped", pid, signal };
  }
  if (low === 0) return { kind: "exited", pid, code: (status >> 8) & 0xff };
  const coreDumped = (low & 0x80) !== 0;
  return { kind: "signaled", pid, signal: low & 0x7f, coreDumped };
}

const P_ALL = 0;
const WSTOPPED = 2;
const WEXITED = 4;
const WNOWAIT = 0x01000000;
const CLD_TRAPPED = 4;
/** siginfo_t, and where it tells what happened, and to whom. */
const SIGINFO_SIZE = 128;
const CODE_INDEX = 2;
const PID_INDEX = 4;

const peeked = new Int32Array(new ArrayBuffer(SIGINFO_SIZE));
/** How long it sleeps while a stranger stands in front, in milliseconds. */
const PAUSE = 1;

/**
 * Waits for the first of several tracees of this thread.
 *
 * It takes the status of those alone, and of new tasks that were attached to
 * the thread by `PTRACE_O_TRACECLONE` and its kin: those may stop before the
 * one that made them does. For one tracee that makes no others
 * {@linkcode waitFor} is enough, and takes one system call less.
 *
 * While a child that is not among them has ended and was not waited for, or is
 * stopped, it hides the others from the kernel's one answer. They are then asked
 * one by one, every millisecond, and a new task is not seen before it is one of
 * `pids`.
 *
 * @param pids The tasks.
 * @returns What became of one of them.
 * @throws {SystemError} `ECHILD` if there is none of them any more.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pids = [1, 2].map((code) => ptrace.startTraced(["/bin/sh", "-c", `exit ${code}`]));
 * for (const pid of pids) ptrace.cont(pid);
 * const [first, second] = pids.map(() => ptrace.waitForAny(new Set(pids)));
 * console.log(first?.kind, second?.kind, first?.pid !== second?.pid); // prints: exited exited true
 * ```
 */
export function waitForAny(pids: ReadonlySet<number>): WaitStatus {
  for (;;) {
    const pid = peek();
    if (pids.has(pid) || isTracee(pid)) {
      const status = waitFor(pid, __WALL | __WNOTHREAD | WNOHANG);
      // Another may have died in the meantime, by the exec of a thread.
      if (status.kind !== "still-alive") return status;
      continue;
    }
    const status = sweep(pids);
    if (status !== undefined) return status;
    libc.poll(null, 0n, PAUSE);
  }
}

/** Waits until a child or tracee has changed, and takes nothing from it. */
function peek(): number {
  const options = WEXITED | WSTOPPED | WNOWAIT | __WALL | __WNOTHREAD;
  for (;;) {
    const result = orErrno(libc.waitid(P_ALL, 0, peeked, options));
    if (result === 0) return peeked[PID_INDEX]!;
    if (!wasInterrupted(result)) throw failure("tasks", "waitid", -result);
  }
}

/** Whether what was peeked at is traced by this thread. */
function isTracee(pid: number): boolean {
  if (peeked[CODE_INDEX] === CLD_TRAPPED) return true;
  // One that has ended tells of its tracer until it is waited for.
  return readStatus(pid)?.tracer === libc.gettid();
}

/** Asks each of some tasks whether it has changed. */
function sweep(pids: ReadonlySet<number>): WaitStatus | undefined {
  let gone = 0;
  for (const pid of pids) {
    const result = orErrno(
      libc.wait4(pid, rawStatus, __WALL | __WNOTHREAD | WNOHANG, 0n),
    );
    if (result > 0) return decodeWaitStatus(result, rawStatus[0]!);
    if (result === -ECHILD) gone++;
  }
  if (gone < pids.size) return undefined;
  throw failure("tasks", "wait4", ECHILD);
}

function failure(what: string, syscall: string, errno: number): SystemError {
  return new SystemError(`Cannot wait for ${what}`, { errno, syscall });
}
