/**
 * The system calls that libc offers no function for, or one that does not do
 * what the kernel does: its sigprocmask(3) leaves two signals of its own alone.
 */

import {
  lazySymbols,
  orErrno,
  SystemError,
  wasInterrupted,
} from "@procctl/libc";
import { arch } from "@procctl/libc/library";
import { type SyscallName, syscallNumber } from "@procctl/syscalls/names";

const libc = lazySymbols({
  // long syscall(long number, ...)
  ofSignals: {
    name: "syscall",
    parameters: ["i64", "i32", "buffer", "buffer", "i64"],
    result: "i64",
  },
  ofFutex: {
    name: "syscall",
    parameters: ["i64", "usize", "i32", "u32", "buffer"],
    result: "i64",
  },
  ofPidfd: {
    name: "syscall",
    parameters: ["i64", "i32", "i32", "usize", "u32"],
    result: "i32",
  },
  ofPidfdOpen: {
    name: "syscall",
    parameters: ["i64", "i32", "u32"],
    result: "i32",
  },
});

function numberOf(name: SyscallName): bigint {
  return BigInt(syscallNumber(name, arch())!);
}

/** The kernel's struct sigaction: handler, flags, restorer, mask. */
const SIGACTION_SIZE = 32;
/** The kernel's sigset_t: a bit for each of 64 signals. */
const SIGSET_SIZE = 8n;
const SIG_IGN = 1n;
const SIG_SETMASK = 2;

/** What the signals of this process do. */
export interface Dispositions {
  /** The numbers of those that have a handler. */
  caught: number[];
  /** The numbers of those that are ignored. */
  ignored: number[];
}

/** Asks the kernel what each of the 64 signals does. */
export function dispositions(): Dispositions {
  const number = numberOf("rt_sigaction");
  const action = new Uint8Array(new ArrayBuffer(SIGACTION_SIZE));
  const handler = new BigUint64Array(action.buffer, 0, 1);
  const result: Dispositions = { caught: [], ignored: [] };
  for (let signal = 1; signal <= 64; signal++) {
    libc.ofSignals(number, signal, null, action, SIGSET_SIZE);
    if (handler[0] === SIG_IGN) result.ignored.push(signal);
    else if (handler[0] !== 0n) result.caught.push(signal);
  }
  return result;
}

/** The signals that this thread blocks: a bit for each, the lowest for 1. */
export function signalMask(): bigint {
  const mask = new BigUint64Array(new ArrayBuffer(8));
  libc.ofSignals(
    numberOf("rt_sigprocmask"),
    SIG_SETMASK,
    null,
    mask,
    SIGSET_SIZE,
  );
  return mask[0]!;
}

/** Sets which signals this thread blocks. */
export function setSignalMask(mask: bigint): void {
  libc.ofSignals(
    numberOf("rt_sigprocmask"),
    SIG_SETMASK,
    new BigUint64Array([mask]),
    null,
    SIGSET_SIZE,
  );
}

const FUTEX_WAIT = 0;
const FUTEX_WAKE = 1;

/**
 * Waits until the kernel makes a number in memory 0, and wakes those who wait.
 *
 * @param timeout After how many milliseconds it stops waiting.
 */
export function waitForZero(
  address: bigint,
  value: number,
  timeout: number,
): void {
  const time = new BigInt64Array([0n, BigInt(timeout) * 1_000_000n]);
  libc.ofFutex(numberOf("futex"), address, FUTEX_WAIT, value, time);
}

/** Wakes one that waits for a number in memory to change. */
export function wake(address: bigint): void {
  libc.ofFutex(numberOf("futex"), address, FUTEX_WAKE, 1, null);
}

/**
 * Sends a signal to the process of a pidfd, which is never another one that has
 * got its number.
 *
 * @returns Whether there was one to send it to.
 * @throws {SystemError} If it may not be sent.
 */
export function sendSignal(pidfd: number, signal: number): boolean {
  const ESRCH = 3;
  const result = orErrno(
    libc.ofPidfd(numberOf("pidfd_send_signal"), pidfd, signal, 0n, 0),
  );
  if (result === 0) return true;
  if (result === -ESRCH) return false;
  if (wasInterrupted(result)) return sendSignal(pidfd, signal);
  throw new SystemError(`Cannot send signal ${signal}`, {
    errno: -result,
    syscall: "pidfd_send_signal",
  });
}

/**
 * Opens a descriptor of a process, close-on-exec, as pidfd_open(2).
 *
 * @returns The descriptor, or -errno.
 */
export function openPidfd(pid: number): number {
  const result = orErrno(
    libc.ofPidfdOpen(numberOf("pidfd_open"), pid, 0),
  );
  return wasInterrupted(result) ? openPidfd(pid) : result;
}
