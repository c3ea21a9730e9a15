/** Requests about what a task is stopped at, and about its system calls. */

import { callBuffer, callWords } from "./_call.ts";
import { checkUint32, toAddress, type Word } from "./_check.ts";
import { REQUEST } from "./_request_numbers.ts";
import { SyscallInfo } from "./syscall_info.ts";

const message = new BigUint64Array(new ArrayBuffer(8));

/**
 * Reads the message of an event: `PTRACE_GETEVENTMSG`. What it is tells each
 * `PTRACE_EVENT_*`.
 *
 * @param tid The task, which is stopped.
 * @returns The message: the number of a task, a status, a filter's data.
 * @throws {SystemError} `ESRCH` if it is no tracee of this thread, or not
 * stopped.
 * @throws {RangeError} If the number is none of a task.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true"]);
 * console.log(ptrace.geteventmsg(pid) === pid); // prints: true
 * ```
 */
export function geteventmsg(tid: number): number {
  callBuffer(REQUEST.PTRACE_GETEVENTMSG, tid, 0n, message);
  return Number(message[0]);
}

const SIZE = BigInt(new SyscallInfo().bytes.length);

/**
 * Reads what system call a task is stopped at: `PTRACE_GET_SYSCALL_INFO`, which
 * tells entries from exits, for each call by whose rules it is made, and on all
 * architectures alike. `PTRACE_O_TRACESYSGOOD` must be set.
 *
 * @param tid The task, which is stopped.
 * @param info Where to; by default, a new one. After an exit its `args` are
 * those of no call.
 * @returns `info`.
 * @throws {SystemError} `ESRCH` if it is no tracee of this thread, or not
 * stopped.
 * @throws {RangeError} If the number is none of a task.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 * import { syscallName } from "@procctl/syscalls";
 *
 * const options = ptrace.PTRACE_O_TRACESYSGOOD | ptrace.PTRACE_O_EXITKILL;
 * const pid = ptrace.startTraced(["/bin/true"], options);
 * const info = new ptrace.SyscallInfo();
 * let last = "";
 * for (;;) {
 *   ptrace.syscall(pid);
 *   if (ptrace.waitFor(pid).kind !== "syscall-stop") break;
 *   ptrace.getSyscallInfo(pid, info);
 *   if (info.kind === "entry") last = syscallName(info.nr);
 * }
 * console.log(last); // prints: exit_group
 * ```
 */
export function getSyscallInfo(
  tid: number,
  info: SyscallInfo = new SyscallInfo(),
): SyscallInfo {
  callBuffer(REQUEST.PTRACE_GET_SYSCALL_INFO, tid, SIZE, info.bytes);
  return info;
}

/**
 * Changes the system call that a task is stopped at:
 * `PTRACE_SET_SYSCALL_INFO`, of Linux 6.16. At an entry it sets number and
 * arguments, at an exit what the call returns.
 *
 * @param tid The task, which is stopped.
 * @param info What {@linkcode getSyscallInfo} gave, changed.
 * @throws {SystemError} `EIO` before Linux 6.16; `EINVAL` if the task is stopped
 * at another place; `ESRCH` if it is no tracee of this thread, or not stopped.
 * @throws {RangeError} If the number is none of a task.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const options = ptrace.PTRACE_O_TRACESYSGOOD | ptrace.PTRACE_O_EXITKILL;
 * const pid = ptrace.startTraced(["/bin/true"], options);
 * ptrace.syscall(pid);
 * ptrace.waitFor(pid);
 * const info = ptrace.getSyscallInfo(pid);
 * try {
 *   ptrace.setSyscallInfo(pid, info);
 * } catch (error) {
 *   if (!(error instanceof ptrace.SystemError)) throw error; // before Linux 6.16
 * }
 * ```
 */
export function setSyscallInfo(tid: number, info: SyscallInfo): void {
  callBuffer(REQUEST.PTRACE_SET_SYSCALL_INFO, tid, SIZE, info.bytes);
}

const INSTRUCTION_SIZE = 8;

/**
 * Reads a filter of system calls that a task has:
 * `PTRACE_SECCOMP_GET_FILTER`.
 *
 * @param tid The task, which is stopped.
 * @param index Which: 0 is the one that was put in last.
 * @returns The instructions, a `struct sock_filter` of 8 bytes each.
 * @throws {SystemError} `ENOENT` if there is no such filter, `EACCES` without
 * CAP_SYS_ADMIN, `EINVAL` if the kernel cannot do it; `ESRCH` if it is no tracee
 * of this thread, or not stopped.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true"]);
 * try {
 *   ptrace.seccompGetFilter(pid, 1000);
 * } catch (error) {
 *   console.log((error as Error).name); // prints: SystemError
 * }
 * ```
 */
export function seccompGetFilter(
  tid: number,
  index: number,
): Uint8Array<ArrayBuffer> {
  const addr = BigInt(checkUint32(index, "index"));
  // Without memory it only counts the instructions.
  const count = callWords(REQUEST.PTRACE_SECCOMP_GET_FILTER, tid, addr, 0n);
  const bytes = new Uint8Array(INSTRUCTION_SIZE * count);
  callBuffer(REQUEST.PTRACE_SECCOMP_GET_FILTER, tid, addr, bytes);
  return bytes;
}

/**
 * Reads the flags of a filter of system calls:
 * `PTRACE_SECCOMP_GET_METADATA`.
 *
 * @param tid The task, which is stopped.
 * @param index Which: 0 is the one that was put in last.
 * @returns The `SECCOMP_FILTER_FLAG_*`.
 * @throws {SystemError} As {@linkcode seccompGetFilter} does.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true"]);
 * try {
 *   ptrace.seccompGetMetadata(pid, 1000);
 * } catch (error) {
 *   console.log((error as Error).name); // prints: SystemError
 * }
 * ```
 */
export function seccompGetMetadata(tid: number, index: number): number {
  const metadata = BigUint64Array.of(BigInt(checkUint32(index, "index")), 0n);
  const size = BigInt(metadata.byteLength);
  callBuffer(REQUEST.PTRACE_SECCOMP_GET_METADATA, tid, size, metadata);
  return Number(metadata[1]);
}

/** How a task has set up restartable sequences: see rseq(2). */
export interface RseqConfiguration {
  /** Where its `struct rseq` is; 0 if it has none. */
  pointer: bigint;
  /** The size of that, which kernels before Linux 6.3 tell even of none. */
  size: number;
  /** What stands before the code that aborts a sequence. */
  signature: number;
  /** None so far. */
  flags: number;
}

/**
 * Reads how a task has set up restartable sequences:
 * `PTRACE_GET_RSEQ_CONFIGURATION`.
 *
 * @param tid The task, which is stopped.
 * @returns The configuration.
 * @throws {SystemError} `EIO` before Linux 5.13, or if the kernel cannot do it;
 * `ESRCH` if it is no tracee of this thread, or not stopped.
 * @throws {RangeError} If the number is none of a task.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true"]);
 * console.log(ptrace.getRseqConfiguration(pid).pointer); // prints: 0n
 * ```
 */
export function getRseqConfiguration(tid: number): RseqConfiguration {
  const data = new DataView(new ArrayBuffer(24));
  const size = BigInt(data.byteLength);
  callBuffer(REQUEST.PTRACE_GET_RSEQ_CONFIGURATION, tid, size, data);
  return {
    pointer: data.getBigUint64(0, true),
    size: data.getUint32(8, true),
    signature: data.getUint32(12, true),
    flags: data.getUint32(16, true),
  };
}

/** Whose system calls become signals: see prctl(2). */
export interface SyscallUserDispatch {
  /** `PR_SYS_DISPATCH_OFF` is 0, `PR_SYS_DISPATCH_ON` 1. */
  mode: Word;
  /** Where the byte is that switches it off for a while. */
  selector: Word;
  /** Where the code begins whose calls are made. */
  offset: Word;
  /** How many bytes of it there are. */
  length: Word;
}

const DISPATCH_SIZE = 32n;

/**
 * Reads whose system calls become signals:
 * `PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG`, of Linux 6.4.
 *
 * @param tid The task, which is stopped.
 * @returns The configuration, of bigints.
 * @throws {SystemError} `EIO` or `EINVAL` if the kernel cannot do it; `ESRCH` if
 * it is no tracee of this thread, or not stopped.
 * @throws {RangeError} If the number is none of a task.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true"]);
 * try {
 *   ptrace.getSyscallUserDispatchConfig(pid);
 * } catch (error) {
 *   if (!(error instanceof ptrace.SystemError)) throw error; // before Linux 6.4, and not on all machines
 * }
 * ```
 */
export function getSyscallUserDispatchConfig(
  tid: number,
): { [Field in keyof SyscallUserDispatch]: bigint } {
  const data = new BigUint64Array(new ArrayBuffer(Number(DISPATCH_SIZE)));
  const request = REQUEST.PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG;
  callBuffer(request, tid, DISPATCH_SIZE, data);
  const [mode, selector, offset, length] = data;
  return {
    mode: mode!,
    selector: selector!,
    offset: offset!,
    length: length!,
  };
}

/**
 * Sets whose system calls become signals:
 * `PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG`, of Linux 6.4.
 *
 * @param tid The task, which is stopped.
 * @param config The configuration.
 * @throws {SystemError} `EIO` if the kernel cannot do it, `EINVAL` or `EFAULT`
 * if it cannot be so; `ESRCH` if it is no tracee of this thread, or not stopped.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true"]);
 * try {
 *   const config = ptrace.getSyscallUserDispatchConfig(pid);
 *   ptrace.setSyscallUserDispatchConfig(pid, config);
 * } catch (error) {
 *   if (!(error instanceof ptrace.SystemError)) throw error; // before Linux 6.4, and not on all machines
 * }
 * ```
 */
export function setSyscallUserDispatchConfig(
  tid: number,
  config: SyscallUserDispatch,
): void {
  const { mode, selector, offset, length } = config;
  const data = BigUint64Array.of(
    toAddress(mode, "mode"),
    toAddress(selector, "selector"),
    toAddress(offset, "offset"),
    toAddress(length, "length"),
  );
  const request = REQUEST.PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG;
  callBuffer(request, tid, DISPATCH_SIZE, data);
}
