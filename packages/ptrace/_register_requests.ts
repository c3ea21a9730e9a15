/** Requests about registers. */

import { arch } from "@procctl/libc/library";
import { callAddrBuffer, callBuffer, callVector, callWords } from "./_call.ts";
import { checkBuffer, checkUint32, toWord, type Word } from "./_check.ts";
import { REQUEST } from "./_request_numbers.ts";
import { requireX86 } from "./_require_x86.ts";
import {
  ARCH_GET_FS,
  ARCH_GET_GS,
  NT_PRFPREG,
  NT_PRSTATUS,
} from "./constants.ts";
import { createUserRegs, type UserRegs } from "./user_regs.ts";

/** struct user_fpregs_struct of x86_64, struct user_fpsimd_state of aarch64. */
const FPREGS_SIZE = { "x86_64": 512, "aarch64": 528 } as const;
/** struct user_desc: four words. */
const USER_DESC_SIZE = 16;

/**
 * Reads the general registers: `PTRACE_GETREGS`. On aarch64, which has no such
 * request, it is `PTRACE_GETREGSET` of `NT_PRSTATUS`.
 *
 * @param tid The task, which is stopped.
 * @param regs Where to; by default, new ones.
 * @returns `regs`.
 * @throws {SystemError} `ESRCH` if it is no tracee of this thread, or not
 * stopped.
 * @throws {RangeError} If the number is none of a task.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true"]);
 * const regs = ptrace.getregs(pid);
 * console.log(regs.kind === Deno.build.arch); // prints: true
 * if (regs.kind === "x86_64") console.assert(regs.rip === regs.instructionPointer);
 * ```
 */
export function getregs(
  tid: number,
  regs: UserRegs = createUserRegs(),
): UserRegs {
  if (regs.kind === "x86_64") {
    requireX86("PTRACE_GETREGS");
    callBuffer(REQUEST.PTRACE_GETREGS, tid, 0n, regs.bytes);
  } else {
    getregset(tid, NT_PRSTATUS, regs.bytes);
  }
  return regs;
}

/**
 * Writes the general registers: `PTRACE_SETREGS`, or on aarch64
 * `PTRACE_SETREGSET` of `NT_PRSTATUS`.
 *
 * @param tid The task, which is stopped.
 * @param regs The registers, all of them.
 * @throws {SystemError} `ESRCH` if it is no tracee of this thread, or not
 * stopped; `EIO` or `EINVAL` if a register cannot have its value.
 * @throws {RangeError} If the number is none of a task.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true"]);
 * const regs = ptrace.getregs(pid);
 * regs.returnValue = 42n;
 * ptrace.setregs(pid, regs);
 * console.log(ptrace.getregs(pid).returnValue); // prints: 42n
 * ```
 */
export function setregs(tid: number, regs: UserRegs): void {
  if (regs.kind === "x86_64") {
    requireX86("PTRACE_SETREGS");
    callBuffer(REQUEST.PTRACE_SETREGS, tid, 0n, regs.bytes);
  } else {
    setregset(tid, NT_PRSTATUS, regs.bytes);
  }
}

/**
 * Reads the floating-point registers: `PTRACE_GETFPREGS`, or on aarch64
 * `PTRACE_GETREGSET` of `NT_PRFPREG`.
 *
 * @param tid The task, which is stopped.
 * @returns The structure: 512 bytes on x86_64, as the FXSAVE instruction stores
 * them, 528 on aarch64.
 * @throws {SystemError} `ESRCH` if it is no tracee of this thread, or not
 * stopped.
 * @throws {RangeError} If the number is none of a task.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true"]);
 * console.log(ptrace.getfpregs(pid).length >= 512); // prints: true
 * ```
 */
export function getfpregs(tid: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(FPREGS_SIZE[arch()]);
  if (arch() === "x86_64") {
    callBuffer(REQUEST.PTRACE_GETFPREGS, tid, 0n, bytes);
  } else {
    getregset(tid, NT_PRFPREG, bytes);
  }
  return bytes;
}

/**
 * Writes the floating-point registers: `PTRACE_SETFPREGS`, or on aarch64
 * `PTRACE_SETREGSET` of `NT_PRFPREG`.
 *
 * @param tid The task, which is stopped.
 * @param bytes The structure, as {@linkcode getfpregs} gives it.
 * @throws {SystemError} `ESRCH` if it is no tracee of this thread, or not
 * stopped; `EINVAL` if a register cannot have its value.
 * @throws {RangeError} If there are too few bytes, or the number is none of a
 * task.
 * @throws {TypeError} If `bytes` is not a `Uint8Array`.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true"]);
 * ptrace.setfpregs(pid, ptrace.getfpregs(pid));
 * ```
 */
export function setfpregs(tid: number, bytes: Uint8Array<ArrayBuffer>): void {
  checkBuffer(bytes, "bytes", FPREGS_SIZE[arch()]);
  if (arch() === "x86_64") {
    callBuffer(REQUEST.PTRACE_SETFPREGS, tid, 0n, bytes);
  } else {
    setregset(tid, NT_PRFPREG, bytes);
  }
}

/**
 * Reads a set of registers: `PTRACE_GETREGSET`.
 *
 * @param tid The task, which is stopped.
 * @param type Which set, an `NT_*`.
 * @param bytes Where to.
 * @returns How many bytes the kernel wrote: what fits.
 * @throws {SystemError} `EINVAL` or `ENODEV` if the machine has no such set;
 * `ESRCH` if it is no tracee of this thread, or not stopped.
 * @throws {RangeError} If a number is out of its range.
 * @throws {TypeError} If `bytes` is not a `Uint8Array`.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true"]);
 * const size = ptrace.getregset(pid, ptrace.NT_PRSTATUS, new Uint8Array(1024));
 * console.log(size === ptrace.createUserRegs().bytes.length); // prints: true
 * ```
 */
export function getregset(
  tid: number,
  type: number,
  bytes: Uint8Array<ArrayBuffer>,
): number {
  checkBuffer(bytes, "bytes", 0);
  const set = BigInt(checkUint32(type, "type"));
  return callVector(REQUEST.PTRACE_GETREGSET, tid, set, bytes);
}

/**
 * Writes a set of registers: `PTRACE_SETREGSET`.
 *
 * @param tid The task, which is stopped.
 * @param type Which set, an `NT_*`.
 * @param bytes The set, or its beginning.
 * @returns How many bytes the kernel read.
 * @throws {SystemError} `EINVAL` or `ENODEV` if the machine has no such set, or
 * a register cannot have its value; `ESRCH` if it is no tracee of this thread,
 * or not stopped.
 * @throws {RangeError} If a number is out of its range.
 * @throws {TypeError} If `bytes` is not a `Uint8Array`.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true"]);
 * const { bytes } = ptrace.getregs(pid);
 * console.log(ptrace.setregset(pid, ptrace.NT_PRSTATUS, bytes) === bytes.length); // prints: true
 * ```
 */
export function setregset(
  tid: number,
  type: number,
  bytes: Uint8Array<ArrayBuffer>,
): number {
  checkBuffer(bytes, "bytes", 0);
  const set = BigInt(checkUint32(type, "type"));
  return callVector(REQUEST.PTRACE_SETREGSET, tid, set, bytes);
}

/**
 * Reads a descriptor of thread-local storage of 32-bit programs:
 * `PTRACE_GET_THREAD_AREA`, of x86 alone.
 *
 * @param tid The task, which is stopped.
 * @param entry Its number: 12 to 14 on x86_64.
 * @returns The `struct user_desc`, 16 bytes.
 * @throws {SystemError} `EINVAL` if there is no such entry; `ESRCH` if it is no
 * tracee of this thread, or not stopped.
 * @throws {RangeError} If a number is out of its range.
 * @throws {Deno.errors.NotSupported} On other architectures than x86_64.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true"]);
 * if (Deno.build.arch === "x86_64") {
 *   console.assert(ptrace.getThreadArea(pid, 12).length === 16);
 * }
 * ```
 */
export function getThreadArea(
  tid: number,
  entry: number,
): Uint8Array<ArrayBuffer> {
  requireX86("PTRACE_GET_THREAD_AREA");
  const bytes = new Uint8Array(USER_DESC_SIZE);
  const addr = BigInt(checkUint32(entry, "entry"));
  callBuffer(REQUEST.PTRACE_GET_THREAD_AREA, tid, addr, bytes);
  return bytes;
}

/**
 * Writes a descriptor of thread-local storage of 32-bit programs:
 * `PTRACE_SET_THREAD_AREA`, of x86 alone.
 *
 * @param tid The task, which is stopped.
 * @param entry Its number: 12 to 14 on x86_64.
 * @param bytes The `struct user_desc`, 16 bytes.
 * @throws {SystemError} `EINVAL` if there is no such entry, or it cannot be so;
 * `ESRCH` if it is no tracee of this thread, or not stopped.
 * @throws {RangeError} If a number is out of its range, or bytes are missing.
 * @throws {TypeError} If `bytes` is not a `Uint8Array`.
 * @throws {Deno.errors.NotSupported} On other architectures than x86_64.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true"]);
 * if (Deno.build.arch === "x86_64") {
 *   ptrace.setThreadArea(pid, 12, ptrace.getThreadArea(pid, 12));
 * }
 * ```
 */
export function setThreadArea(
  tid: number,
  entry: number,
  bytes: Uint8Array<ArrayBuffer>,
): void {
  requireX86("PTRACE_SET_THREAD_AREA");
  checkBuffer(bytes, "bytes", USER_DESC_SIZE);
  const addr = BigInt(checkUint32(entry, "entry"));
  callBuffer(REQUEST.PTRACE_SET_THREAD_AREA, tid, addr, bytes);
}

const base = new BigUint64Array(new ArrayBuffer(8));

/**
 * Does what arch_prctl(2) does, for a tracee: `PTRACE_ARCH_PRCTL`, of x86
 * alone.
 *
 * @param tid The task, which is stopped.
 * @param code What, an `ARCH_*`.
 * @param address What is set, for those that set something.
 * @returns What was asked for with `ARCH_GET_FS` and `ARCH_GET_GS`; else 0.
 * @throws {SystemError} `EINVAL` if there is no such code, `EPERM` if the
 * address is none of the program's; `ESRCH` if it is no tracee of this thread,
 * or not stopped.
 * @throws {RangeError} If a number is out of its range.
 * @throws {Deno.errors.NotSupported} On other architectures than x86_64.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true"]);
 * if (Deno.build.arch === "x86_64") {
 *   ptrace.archPrctl(pid, ptrace.ARCH_SET_GS, 0x1000);
 *   console.assert(ptrace.archPrctl(pid, ptrace.ARCH_GET_GS) === 0x1000n);
 * }
 * ```
 */
export function archPrctl(
  tid: number,
  code: number,
  address: Word = 0,
): bigint {
  requireX86("PTRACE_ARCH_PRCTL");
  const data = BigInt(checkUint32(code, "code"));
  if (code === ARCH_GET_FS || code === ARCH_GET_GS) {
    callAddrBuffer(REQUEST.PTRACE_ARCH_PRCTL, tid, base, data);
    return base[0]!;
  }
  const addr = toWord(address, "address");
  return BigInt(callWords(REQUEST.PTRACE_ARCH_PRCTL, tid, addr, data));
}
