/** Requests that begin and end tracing. */

import type { Signal } from "@procctl/libc";
import { callWords } from "./_call.ts";
import { checkUint32, toSignal } from "./_check.ts";
import { REQUEST } from "./_request_numbers.ts";

/**
 * Begins to trace a task that runs, without stopping it: `PTRACE_SEIZE`.
 *
 * Only this thread may make requests of it from then on. It is this request,
 * not {@linkcode attach}, with which stops of job control can be told from
 * others, and new tasks begin without a SIGSTOP. To trace an ancestor of this
 * program is to wait for oneself: nothing forbids it.
 *
 * @param tid The task. To trace a process is to trace each of its threads.
 * @param options The `PTRACE_O_*` options.
 * @throws {SystemError} `EPERM` if it may not be traced, `ESRCH` if there is no
 * such task, `EIO` if there are no such options. The message tells why.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec } from "@procctl/spawn/steps";
 *
 * const { pid } = new ChildProgram().add(exec("/bin/sleep", ["sleep", "60"])).start();
 * ptrace.seize(pid, ptrace.PTRACE_O_EXITKILL);
 * ptrace.interrupt(pid);
 * console.log(ptrace.waitFor(pid).kind); // prints: event
 * ```
 */
export function seize(tid: number, options = 0): void {
  const data = BigInt(checkUint32(options, "options"));
  callWords(REQUEST.PTRACE_SEIZE, tid, 0n, data);
}

/**
 * Begins to trace a task, and stops it with SIGSTOP: `PTRACE_ATTACH`. Without
 * `PTRACE_O_TRACEEXEC` an exec stops it with SIGTRAP from then on.
 *
 * @param tid The task.
 * @throws {SystemError} `EPERM` if it may not be traced, `ESRCH` if there is no
 * such task. The message tells why.
 * @throws {RangeError} If the number is none of a task.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/sleep", "60"]);
 * ptrace.detach(pid);
 * ptrace.attach(pid);
 * const status = ptrace.waitFor(pid);
 * console.log(status.kind === "stopped" && status.signal); // prints: 19
 * ptrace.kill(pid);
 * ```
 */
export function attach(tid: number): void {
  callWords(REQUEST.PTRACE_ATTACH, tid, 0n, 0n);
}

/**
 * Ends tracing, and lets the task go on: `PTRACE_DETACH`. As with
 * {@linkcode cont}, a signal is delivered at the stop before a signal's
 * delivery, and lost at others.
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
 * const pid = ptrace.startTraced(["/bin/echo", "free"]);
 * ptrace.detach(pid);
 * console.log(ptrace.waitFor(pid).kind);
 * // prints: free
 * // prints: exited
 * ```
 */
export function detach(tid: number, signal: number | Signal = 0): void {
  callWords(REQUEST.PTRACE_DETACH, tid, 0n, toSignal(signal));
}

/**
 * Stops a task that was seized: `PTRACE_INTERRUPT`. It then stops with
 * `PTRACE_EVENT_STOP`, or for another reason that came first.
 *
 * @param tid The task.
 * @throws {SystemError} `ESRCH` if it is no tracee of this thread, `EIO` if it
 * was not seized.
 * @throws {RangeError} If the number is none of a task.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/sleep", "60"]);
 * ptrace.cont(pid);
 * ptrace.interrupt(pid);
 * const status = ptrace.waitFor(pid);
 * console.log(status.kind === "event" && status.event === ptrace.PTRACE_EVENT_STOP); // prints: true
 * ```
 */
export function interrupt(tid: number): void {
  callWords(REQUEST.PTRACE_INTERRUPT, tid, 0n, 0n);
}

/**
 * Leaves a task in its group-stop, and waits for the end of that:
 * `PTRACE_LISTEN`. With any other way to resume it the stop would be undone,
 * and the shell's `fg` and `bg` with it.
 *
 * @param tid The task, which was seized and has stopped with
 * `PTRACE_EVENT_STOP` and a signal such as SIGSTOP.
 * @throws {SystemError} `ESRCH` if it is no tracee of this thread, or not
 * stopped; `EIO` if it is in no group-stop.
 * @throws {RangeError} If the number is none of a task.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/sh", "-c", "kill -STOP $$"]);
 * ptrace.cont(pid);
 * ptrace.waitFor(pid); // about to get SIGSTOP
 * ptrace.cont(pid, "SIGSTOP");
 * const { kind } = ptrace.waitFor(pid);
 * ptrace.listen(pid);
 * console.log(kind, ptrace.waitFor(pid, ptrace.WNOHANG).kind); // prints: event still-alive
 * ```
 */
export function listen(tid: number): void {
  callWords(REQUEST.PTRACE_LISTEN, tid, 0n, 0n);
}

/**
 * Sends a task SIGKILL, by a request that is out of date: `PTRACE_KILL`. What
 * kill(2) does is the same.
 *
 * @param tid The task.
 * @throws {SystemError} `ESRCH` if it is no tracee of this thread.
 * @throws {RangeError} If the number is none of a task.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/sleep", "60"]);
 * ptrace.kill(pid);
 * const status = ptrace.waitFor(pid);
 * console.log(status.kind === "signaled" && status.signal); // prints: 9
 * ```
 */
export function kill(tid: number): void {
  callWords(REQUEST.PTRACE_KILL, tid, 0n, 0n);
}

/**
 * Sets what stops a task: `PTRACE_SETOPTIONS`.
 *
 * @param tid The task, which is stopped.
 * @param options The `PTRACE_O_*` options; others are switched off.
 * @throws {SystemError} `ESRCH` if it is no tracee of this thread, or not
 * stopped; `EINVAL` if there are no such options.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true"]);
 * ptrace.setoptions(pid, ptrace.PTRACE_O_TRACESYSGOOD | ptrace.PTRACE_O_EXITKILL);
 * ptrace.syscall(pid);
 * console.log(ptrace.waitFor(pid).kind); // prints: syscall-stop
 * ```
 */
export function setoptions(tid: number, options: number): void {
  const data = BigInt(checkUint32(options, "options"));
  callWords(REQUEST.PTRACE_SETOPTIONS, tid, 0n, data);
}
