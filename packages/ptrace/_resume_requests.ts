/** Requests that let a stopped task go on. */

import type { Signal } from "@procctl/libc";
import { callWords } from "./_call.ts";
import { toSignal } from "./_check.ts";
import { REQUEST } from "./_request_numbers.ts";
import { requireX86 } from "./_require_x86.ts";

/**
 * Lets a task go on: `PTRACE_CONT`.
 *
 * A signal passed at the stop before a signal's delivery is
 * delivered; at other stops it is not.
 *
 * @param tid The task, which is stopped.
 * @param signal A signal that it gets: its number or name, 0 for none.
 * @throws {SystemError} `ESRCH` if it is no tracee of this thread, or not
 * stopped.
 * @throws {TypeError} If there is no signal of that name.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/sh", "-c", "trap 'echo caught' USR1; kill -USR1 $$"]);
 * ptrace.cont(pid);
 * const status = ptrace.waitFor(pid); // SIGUSR1 is about to be delivered
 * if (status.kind === "stopped") ptrace.cont(pid, status.signal);
 * console.log(ptrace.waitFor(pid).kind);
 * // prints: caught
 * // prints: exited
 * ```
 */
export function cont(tid: number, signal: number | Signal = 0): void {
  callWords(REQUEST.PTRACE_CONT, tid, 0n, toSignal(signal));
}

/**
 * Lets a task go on to the entry or exit of a system call: `PTRACE_SYSCALL`.
 *
 * With `PTRACE_O_TRACESYSGOOD` the stop is a `syscall-stop`. Which of the two it
 * is tells {@linkcode getSyscallInfo}.
 *
 * @param tid The task, which is stopped.
 * @param signal A signal that it gets: its number or name, 0 for none.
 * @throws {SystemError} `ESRCH` if it is no tracee of this thread, or not
 * stopped.
 * @throws {TypeError} If there is no signal of that name.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const options = ptrace.PTRACE_O_TRACESYSGOOD | ptrace.PTRACE_O_EXITKILL;
 * const pid = ptrace.startTraced(["/bin/true"], options);
 * ptrace.syscall(pid);
 * console.log(ptrace.waitFor(pid).kind); // prints: syscall-stop
 * ```
 */
export function syscall(tid: number, signal: number | Signal = 0): void {
  callWords(REQUEST.PTRACE_SYSCALL, tid, 0n, toSignal(signal));
}

/**
 * Lets a task execute one instruction: `PTRACE_SINGLESTEP`.
 *
 * It then stops with SIGTRAP. At the exec the first one ends the exec itself.
 *
 * @param tid The task, which is stopped.
 * @param signal A signal that it gets: its number or name, 0 for none.
 * @throws {SystemError} `ESRCH` if it is no tracee of this thread, or not
 * stopped.
 * @throws {TypeError} If there is no signal of that name.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true"]);
 * ptrace.singlestep(pid);
 * const status = ptrace.waitFor(pid);
 * console.log(status.kind === "stopped" && status.signal); // prints: 5
 * ```
 */
export function singlestep(tid: number, signal: number | Signal = 0): void {
  callWords(REQUEST.PTRACE_SINGLESTEP, tid, 0n, toSignal(signal));
}

/**
 * Lets a task execute up to the next branch: `PTRACE_SINGLEBLOCK`, of x86 alone.
 *
 * It then stops with SIGTRAP. Few virtual machines can do it: the others fail
 * with `EIO`.
 *
 * @param tid The task, which is stopped.
 * @param signal A signal that it gets: its number or name, 0 for none.
 * @throws {SystemError} `ESRCH` if it is no tracee of this thread, or not
 * stopped; `EIO` if the machine cannot do it.
 * @throws {TypeError} If there is no signal of that name.
 * @throws {RangeError} If a number is out of its range.
 * @throws {Deno.errors.NotSupported} On other architectures than x86_64.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true"]);
 * try {
 *   ptrace.singleblock(pid);
 *   ptrace.waitFor(pid);
 * } catch (error) {
 *   if (!(error instanceof ptrace.SystemError)) throw error; // EIO here
 * }
 * ```
 */
export function singleblock(tid: number, signal: number | Signal = 0): void {
  requireX86("PTRACE_SINGLEBLOCK");
  callWords(REQUEST.PTRACE_SINGLEBLOCK, tid, 0n, toSignal(signal));
}

/**
 * Lets a task go on to the entry of a system call, which is then not made:
 * `PTRACE_SYSEMU`.
 *
 * The tracer does what the call would do, and sets its result.
 *
 * @param tid The task, which is stopped.
 * @param signal A signal that it gets: its number or name, 0 for none.
 * @throws {SystemError} `ESRCH` if it is no tracee of this thread, or not
 * stopped.
 * @throws {TypeError} If there is no signal of that name.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const options = ptrace.PTRACE_O_TRACESYSGOOD | ptrace.PTRACE_O_EXITKILL;
 * const pid = ptrace.startTraced(["/bin/echo", "never printed"], options);
 * do {
 *   ptrace.sysemu(pid);
 *   ptrace.waitFor(pid);
 * } while (ptrace.getSyscallInfo(pid).kind !== "entry");
 * console.log("stopped"); // prints: stopped
 * ```
 */
export function sysemu(tid: number, signal: number | Signal = 0): void {
  callWords(REQUEST.PTRACE_SYSEMU, tid, 0n, toSignal(signal));
}

/**
 * Lets a task execute one instruction, or stop at the entry of a system call,
 * which is then not made: `PTRACE_SYSEMU_SINGLESTEP`.
 *
 * It stops with SIGTRAP.
 *
 * @param tid The task, which is stopped.
 * @param signal A signal that it gets: its number or name, 0 for none.
 * @throws {SystemError} `ESRCH` if it is no tracee of this thread, or not
 * stopped.
 * @throws {TypeError} If there is no signal of that name.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true"]);
 * ptrace.sysemuSinglestep(pid);
 * const status = ptrace.waitFor(pid);
 * console.log(status.kind === "stopped" && status.signal); // prints: 5
 * ```
 */
export function sysemuSinglestep(
  tid: number,
  signal: number | Signal = 0,
): void {
  callWords(REQUEST.PTRACE_SYSEMU_SINGLESTEP, tid, 0n, toSignal(signal));
}
