/** Requests about signals. */

import { callBuffer, callBuffers } from "./_call.ts";
import { checkInteger, toAddress, toWord, type Word } from "./_check.ts";
import { REQUEST } from "./_request_numbers.ts";
import { PTRACE_PEEKSIGINFO_SHARED } from "./constants.ts";
import { Siginfo } from "./siginfo.ts";

const SIGINFO_SIZE = 128;
/** The kernel's sigset_t: a bit for each of 64 signals. */
const SIGSET_SIZE = 8n;
const mask = new BigUint64Array(new ArrayBuffer(8));

/**
 * Reads what is known of the signal that a task is stopped by:
 * `PTRACE_GETSIGINFO`.
 *
 * @param tid The task, which is stopped.
 * @param info Where to; by default, a new one.
 * @returns `info`.
 * @throws {SystemError} `EINVAL` in a group-stop; `ESRCH` if it is no tracee of
 * this thread, or not stopped.
 * @throws {RangeError} If the number is none of a task.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true"]);
 * console.log(ptrace.getsiginfo(pid).signo); // prints: 5
 * ```
 */
export function getsiginfo(
  tid: number,
  info: Siginfo = new Siginfo(),
): Siginfo {
  callBuffer(REQUEST.PTRACE_GETSIGINFO, tid, 0n, info.bytes);
  return info;
}

/**
 * Changes what a task will be told of the signal that it is stopped by:
 * `PTRACE_SETSIGINFO`.
 *
 * @param tid The task, which is stopped before a signal's delivery.
 * @param info What it will be told.
 * @throws {SystemError} `EINVAL` in a group-stop; `ESRCH` if it is no tracee of
 * this thread, or not stopped.
 * @throws {RangeError} If the number is none of a task.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/sh", "-c", "kill -USR1 $$"]);
 * ptrace.cont(pid);
 * ptrace.waitFor(pid);
 * const info = ptrace.getsiginfo(pid);
 * info.pid = 1;
 * ptrace.setsiginfo(pid, info);
 * console.log(ptrace.getsiginfo(pid).pid); // prints: 1
 * ```
 */
export function setsiginfo(tid: number, info: Siginfo): void {
  callBuffer(REQUEST.PTRACE_SETSIGINFO, tid, 0n, info.bytes);
}

/** Which signals {@linkcode peeksiginfo} reads. */
export interface PeeksiginfoOptions {
  /**
   * How many are passed over.
   *
   * @default {0}
   */
  offset?: Word;
  /**
   * The signals that wait for the whole process, not for this thread.
   *
   * @default {false}
   */
  shared?: boolean;
}

/**
 * Reads the signals that wait to be delivered, and leaves them there:
 * `PTRACE_PEEKSIGINFO`.
 *
 * @param tid The task, which is stopped.
 * @param count How many at the most, 1 to 1024.
 * @param options Which.
 * @returns The signals, in the order in which they came.
 * @throws {SystemError} `ESRCH` if it is no tracee of this thread, or not
 * stopped.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true"]);
 * console.log(ptrace.peeksiginfo(pid, 10)); // prints: []
 * ```
 */
export function peeksiginfo(
  tid: number,
  count: number,
  { offset = 0, shared = false }: PeeksiginfoOptions = {},
): Siginfo[] {
  checkInteger(count - 1, "count - 1", 1023);
  const args = new DataView(new ArrayBuffer(16));
  args.setBigUint64(0, toAddress(offset, "offset"), true);
  args.setUint32(8, shared ? PTRACE_PEEKSIGINFO_SHARED : 0, true);
  args.setInt32(12, count, true);
  const bytes = new Uint8Array(SIGINFO_SIZE * count);
  const found = callBuffers(REQUEST.PTRACE_PEEKSIGINFO, tid, args, bytes);
  return Array.from({ length: found }, (_, index) => {
    const start = index * SIGINFO_SIZE;
    return new Siginfo(bytes.slice(start, start + SIGINFO_SIZE));
  });
}

/**
 * Reads which signals a task blocks: `PTRACE_GETSIGMASK`.
 *
 * @param tid The task, which is stopped.
 * @returns A bit for each signal, the lowest for signal 1.
 * @throws {SystemError} `ESRCH` if it is no tracee of this thread, or not
 * stopped.
 * @throws {RangeError} If the number is none of a task.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true"]);
 * ptrace.setsigmask(pid, 1n << 9n); // SIGUSR1, which is 10
 * console.log(ptrace.getsigmask(pid)); // prints: 512n
 * ```
 */
export function getsigmask(tid: number): bigint {
  callBuffer(REQUEST.PTRACE_GETSIGMASK, tid, SIGSET_SIZE, mask);
  return mask[0]!;
}

/**
 * Sets which signals a task blocks: `PTRACE_SETSIGMASK`. SIGKILL and SIGSTOP
 * never are.
 *
 * @param tid The task, which is stopped.
 * @param signals A bit for each signal, the lowest for signal 1.
 * @throws {SystemError} `ESRCH` if it is no tracee of this thread, or not
 * stopped.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/sh", "-c", "kill -TERM $$; echo blocked"]);
 * ptrace.setsigmask(pid, 1n << 14n); // SIGTERM, which is 15
 * ptrace.cont(pid);
 * console.log(ptrace.waitFor(pid).kind);
 * // prints: blocked
 * // prints: exited
 * ```
 */
export function setsigmask(tid: number, signals: Word): void {
  mask[0] = toWord(signals, "signals");
  callBuffer(REQUEST.PTRACE_SETSIGMASK, tid, SIGSET_SIZE, mask);
}
