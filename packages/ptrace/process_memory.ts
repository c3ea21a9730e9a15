/**
 * The memory of another process.
 *
 * @module
 */

import {
  closeFile,
  lazySymbols,
  openFile,
  orErrno,
  SystemError,
  wasInterrupted,
} from "@procctl/libc";
import { O_RDWR } from "@procctl/libc/open-flags";
import {
  type CString,
  type ReadCStringOptions,
  readPages,
} from "./_c_string.ts";
import {
  checkBuffer,
  checkInteger,
  checkTid,
  toAddress,
  type Word,
} from "./_check.ts";
import { accessReason } from "./_permission.ts";

const libc = lazySymbols({
  // ssize_t pread64(int fd, void *buf, size_t count, off64_t offset)
  pread64: { parameters: ["i32", "buffer", "usize", "i64"], result: "i32" },
  pwrite64: { parameters: ["i32", "buffer", "usize", "i64"], result: "i32" },
});

const EIO = 5;
const EACCES = 13;
const EINVAL = 22;
const ESRCH = 3;
const MOST = 2 ** 31 - 1;

/**
 * The memory of a process: /proc/PID/mem.
 *
 * What the process itself may only read can be written too, as a debugger does:
 * string literals and code. It is the memory of the time at which it was opened:
 * after an exec it is nobody's.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true"]);
 * using memory = new ptrace.ProcessMemory(pid);
 * const { instructionPointer } = ptrace.getregs(pid);
 * const code = memory.read(instructionPointer, 4);
 * memory.write(instructionPointer, code); // which process_vm_writev(2) could not
 * ```
 */
export class ProcessMemory implements Disposable {
  /** The process, or the task, by whose number it was opened. */
  readonly pid: number;
  #fd: number | undefined;

  /**
   * Opens the memory of a process. All its threads have the same.
   *
   * @param pid The process, or one of its threads.
   * @throws {SystemError} `EACCES` if this program may not, `ENOENT` if there is
   * no such process.
   * @throws {RangeError} If the number is none of a process.
   */
  constructor(pid: number) {
    checkTid(pid);
    this.pid = pid;
    const path = `/proc/${pid}/mem`;
    try {
      this.#fd = openFile(path, O_RDWR);
    } catch (error) {
      if (!(error instanceof SystemError) || error.errno !== EACCES) {
        throw error;
      }
      const { errno, syscall } = error;
      const reason = accessReason(pid);
      throw new SystemError(`Cannot open "${path}"`, {
        ...{ errno, syscall, path, reason },
      });
    }
  }

  /**
   * Reads memory.
   *
   * @param address Where it is.
   * @param size How many bytes.
   * @returns The bytes: fewer if what follows is not mapped.
   * @throws {SystemError} `EIO` if nothing is mapped there, `ESRCH` if the memory
   * is nobody's any more.
   * @throws {RangeError} If a number is out of its range.
   *
   * @example Usage
   * ```ts
   * import * as ptrace from "@procctl/ptrace/requests";
   *
   * const pid = ptrace.startTraced(["/bin/true"]);
   * using memory = new ptrace.ProcessMemory(pid);
   * const argc = memory.read(ptrace.getregs(pid).stackPointer, 8);
   * console.log(argc[0]); // prints: 1
   * ```
   */
  read(address: Word, size: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(checkInteger(size, "size", MOST));
    const count = this.readInto(address, bytes);
    return count === size ? bytes : bytes.slice(0, count);
  }

  /**
   * Reads memory into a buffer, which can be used again and again.
   *
   * @param address Where it is.
   * @param bytes Where to; its length is what is asked for.
   * @returns How many bytes were read: fewer if what follows is not mapped.
   * @throws {SystemError} As {@linkcode read} does.
   * @throws {RangeError} If a number is out of its range.
   * @throws {TypeError} If `bytes` is not a `Uint8Array`.
   *
   * @example Usage
   * ```ts
   * import * as ptrace from "@procctl/ptrace/requests";
   *
   * const pid = ptrace.startTraced(["/bin/true"]);
   * using memory = new ptrace.ProcessMemory(pid);
   * const argc = new Uint8Array(8);
   * console.log(memory.readInto(ptrace.getregs(pid).stackPointer, argc), argc[0]); // prints: 8 1
   * ```
   */
  readInto(address: Word, bytes: Uint8Array<ArrayBuffer>): number {
    checkBuffer(bytes, "bytes", 0);
    const from = toAddress(address);
    const result = this.#pread(from, bytes);
    if (result < 0) throw this.#failure("read", "pread64", from, -result);
    if (result === 0 && bytes.length > 0) {
      throw this.#failure("read", "pread64", from, ESRCH);
    }
    return result;
  }

  /**
   * Reads a string of C, page by page: nothing past its page is touched before
   * it is known not to end there.
   *
   * @param address Where it begins.
   * @param options How much is read at the most.
   * @returns Its bytes without the NUL, and what ended it.
   * @throws {SystemError} As {@linkcode read} does.
   * @throws {RangeError} If a number is out of its range.
   *
   * @example Usage
   * ```ts
   * import * as ptrace from "@procctl/ptrace/requests";
   *
   * const pid = ptrace.startTraced(["/bin/true", "argument"]);
   * using memory = new ptrace.ProcessMemory(pid);
   * const argv1 = ptrace.peekdata(pid, ptrace.getregs(pid).stackPointer + 16n);
   * console.log(new TextDecoder().decode(memory.readCString(argv1).bytes)); // prints: argument
   * ```
   */
  readCString(address: Word, options: ReadCStringOptions = {}): CString {
    const from = toAddress(address);
    const read = (at: bigint, bytes: Uint8Array<ArrayBuffer>) =>
      this.#pread(at, bytes) || -ESRCH;
    const string = readPages(read, from, options);
    if (typeof string !== "number") return string;
    throw this.#failure("read", "pread64", from, -string);
  }

  /**
   * Writes memory, also where the process itself may not.
   *
   * @param address Where it is.
   * @param bytes What is written, all of it.
   * @throws {SystemError} `EIO` if something there is not mapped, or the kernel
   * lets nobody write where a process may only read; `ESRCH` if the memory is
   * nobody's any more. What comes before is then written.
   * @throws {RangeError} If the address is out of its range.
   * @throws {TypeError} If `bytes` is not a `Uint8Array`.
   *
   * @example Usage
   * ```ts
   * import * as ptrace from "@procctl/ptrace/requests";
   *
   * const pid = ptrace.startTraced(["/bin/true"]);
   * using memory = new ptrace.ProcessMemory(pid);
   * const { stackPointer } = ptrace.getregs(pid);
   * memory.write(stackPointer, new Uint8Array([42]));
   * console.log(ptrace.peekdata(pid, stackPointer)); // prints: 42n
   * ```
   */
  write(address: Word, bytes: Uint8Array<ArrayBuffer>): void {
    checkBuffer(bytes, "bytes", 0);
    let to = toAddress(address);
    for (let rest = bytes; rest.length > 0;) {
      const size = BigInt(rest.length);
      const offset = BigInt.asIntN(64, to);
      const result = orErrno(
        libc.pwrite64(this.#open(), rest, size, offset),
      );
      if (wasInterrupted(result)) continue;
      if (result <= 0) {
        throw this.#failure("write", "pwrite64", to, -result || ESRCH);
      }
      rest = rest.subarray(result);
      to += BigInt(result);
    }
  }

  /**
   * Closes it.
   *
   * @example Usage
   * ```ts
   * import * as ptrace from "@procctl/ptrace/requests";
   *
   * const pid = ptrace.startTraced(["/bin/true"]);
   * const memory = new ptrace.ProcessMemory(pid);
   * memory[Symbol.dispose](); // or: using memory = new ptrace.ProcessMemory(pid);
   * ```
   */
  [Symbol.dispose](): void {
    if (this.#fd === undefined) return;
    closeFile(this.#fd);
    this.#fd = undefined;
  }

  #pread(from: bigint, bytes: Uint8Array<ArrayBuffer>): number {
    const size = BigInt(bytes.length);
    const offset = BigInt.asIntN(64, from);
    const result = orErrno(libc.pread64(this.#open(), bytes, size, offset));
    return wasInterrupted(result) ? this.#pread(from, bytes) : result;
  }

  #open(): number {
    if (this.#fd !== undefined) return this.#fd;
    throw new TypeError(
      `Cannot use the memory of process ${this.pid}: it was closed`,
    );
  }

  #failure(
    verb: string,
    syscall: string,
    address: bigint,
    errno: number,
  ): SystemError {
    const nothing = verb === "read"
      ? "nothing is mapped there"
      : "nothing is mapped there, or it cannot be written";
    const reasons: Record<number, string> = {
      [EIO]: nothing,
      // What no program can have mapped.
      [EINVAL]: nothing,
      [ESRCH]: "it is nobody's: the process ended, or executed a program",
    };
    const place = `0x${address.toString(16)}`;
    return new SystemError(
      `Cannot ${verb} memory of process ${this.pid} at ${place}`,
      { errno, syscall, reason: reasons[errno] },
    );
  }
}
