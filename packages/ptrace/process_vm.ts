/**
 * Reading and writing another process's memory, as the process itself could:
 * process_vm_readv(2) and process_vm_writev(2).
 *
 * The process need be neither traced nor stopped. What it may not write, this
 * cannot: for string literals and code there is `ProcessMemory`.
 *
 * @module
 */

import {
  lazySymbols,
  orErrno,
  SystemError,
  wasInterrupted,
} from "@procctl/libc";
import { stableAddress } from "./_call.ts";
import {
  type CString,
  type ReadCStringOptions,
  readPages,
} from "./_c_string.ts";
import { checkBuffer, checkTid, toAddress, type Word } from "./_check.ts";
import { accessReason } from "./_permission.ts";

export type { CString, ReadCStringOptions } from "./_c_string.ts";

// ssize_t process_vm_readv(pid_t pid, const struct iovec *local, ulong liovcnt,
//                          const struct iovec *remote, ulong riovcnt, ulong flags)
const transfer = {
  parameters: ["i32", "buffer", "usize", "buffer", "usize", "usize"],
  result: "i32",
} as const;
const libc = lazySymbols({
  process_vm_readv: transfer,
  process_vm_writev: transfer,
});

const EPERM = 1;
const EFAULT = 14;

const local = new BigUint64Array(new ArrayBuffer(16));
const remote = new BigUint64Array(new ArrayBuffer(16));

/**
 * Reads memory of a process: process_vm_readv(2).
 *
 * @param pid The process.
 * @param address Where it is.
 * @param bytes Where to; its length is what is asked for.
 * @returns How many bytes were read: fewer if what follows is not mapped.
 * @throws {SystemError} `EFAULT` if nothing is mapped there, `EPERM` if this
 * program may not, `ESRCH` if there is no such process.
 * @throws {RangeError} If a number is out of its range.
 * @throws {TypeError} If `bytes` is not a `Uint8Array`.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true", "argument"]);
 * const argc = new Uint8Array(8);
 * ptrace.processVmRead(pid, ptrace.getregs(pid).stackPointer, argc);
 * console.log(argc[0]); // prints: 2
 * ```
 */
export function processVmRead(
  pid: number,
  address: Word,
  bytes: Uint8Array<ArrayBuffer>,
): number {
  const from = toAddress(address);
  const result = readSome(pid, from, bytes);
  if (result < 0) throw failure("read", "process_vm_readv", pid, from, -result);
  return result;
}

/**
 * Writes memory of a process: process_vm_writev(2).
 *
 * @param pid The process.
 * @param address Where it is.
 * @param bytes What is written.
 * @returns How many bytes were written: fewer if what follows may not be.
 * @throws {SystemError} `EFAULT` if nothing there may be written, `EPERM` if this
 * program may not, `ESRCH` if there is no such process.
 * @throws {RangeError} If a number is out of its range.
 * @throws {TypeError} If `bytes` is not a `Uint8Array`.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true"]);
 * const { stackPointer } = ptrace.getregs(pid);
 * ptrace.processVmWrite(pid, stackPointer, new Uint8Array([42]));
 * console.log(ptrace.peekdata(pid, stackPointer)); // prints: 42n
 * ```
 */
export function processVmWrite(
  pid: number,
  address: Word,
  bytes: Uint8Array<ArrayBuffer>,
): number {
  const to = toAddress(address);
  setVectors(pid, to, bytes);
  const result = orErrno(
    libc.process_vm_writev(pid, local, 1n, remote, 1n, 0n),
  );
  if (wasInterrupted(result)) return processVmWrite(pid, address, bytes);
  if (result < 0) throw failure("write", "process_vm_writev", pid, to, -result);
  return result;
}

/**
 * Reads a string of C out of the memory of a process, page by page: nothing
 * past its page is touched before it is known not to end there.
 *
 * @param pid The process.
 * @param address Where it begins.
 * @param options How much is read at the most.
 * @returns Its bytes without the NUL, and what ended it.
 * @throws {SystemError} `EFAULT` if nothing is mapped there, `EPERM` if this
 * program may not, `ESRCH` if there is no such process.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true", "argument"]);
 * const argv1 = ptrace.peekdata(pid, ptrace.getregs(pid).stackPointer + 16n);
 * const { bytes, end } = ptrace.readCString(pid, argv1);
 * console.log(new TextDecoder().decode(bytes), end); // prints: argument nul
 * ```
 */
export function readCString(
  pid: number,
  address: Word,
  options: ReadCStringOptions = {},
): CString {
  const from = toAddress(address);
  const read = (at: bigint, bytes: Uint8Array<ArrayBuffer>) =>
    readSome(pid, at, bytes);
  const string = readPages(read, from, options);
  if (typeof string !== "number") return string;
  throw failure("read", "process_vm_readv", pid, from, -string);
}

function readSome(
  pid: number,
  from: bigint,
  bytes: Uint8Array<ArrayBuffer>,
): number {
  setVectors(pid, from, bytes);
  const result = orErrno(
    libc.process_vm_readv(pid, local, 1n, remote, 1n, 0n),
  );
  return wasInterrupted(result) ? readSome(pid, from, bytes) : result;
}

function setVectors(
  pid: number,
  address: bigint,
  bytes: Uint8Array<ArrayBuffer>,
): void {
  checkTid(pid);
  checkBuffer(bytes, "bytes", 0);
  const length = BigInt(bytes.length);
  local[0] = stableAddress(bytes);
  local[1] = length;
  remote[0] = address;
  remote[1] = length;
}

function failure(
  verb: string,
  syscall: string,
  pid: number,
  address: bigint,
  errno: number,
): SystemError {
  const place = `0x${address.toString(16)}`;
  const reasons: Record<number, () => string | undefined> = {
    [EPERM]: () => accessReason(pid),
    [EFAULT]: () =>
      verb === "read"
        ? "nothing is mapped there"
        : "nothing is mapped there, or it may only be read",
  };
  return new SystemError(`Cannot ${verb} memory of task ${pid} at ${place}`, {
    errno,
    syscall,
    reason: reasons[errno]?.(),
  });
}
