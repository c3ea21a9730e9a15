/**
 * What a tracer tells of a system call, and what can be done about it.
 *
 * @module
 */

import type { StringOrBytes } from "@procctl/libc";
import type { CString, ReadCStringOptions } from "./_c_string.ts";
import type { Word } from "./_check.ts";

/**
 * By whose rules a system call is made. 64-bit programs use `"i386"` by
 * `int 0x80`; one of `"x32"` has bit 30 of its number set.
 */
export type SyscallAbi = "x86_64" | "i386" | "x32" | "aarch64";

/** The memory of a task that is stopped at an event. */
export interface TraceeMemory {
  /**
   * Reads memory.
   *
   * @param address Where it is.
   * @param length How many bytes.
   * @returns The bytes: fewer where memory ends, none where there is none.
   * @throws {TypeError} If the task has gone on.
   */
  readBytes(address: Word, length: number): Uint8Array<ArrayBuffer>;

  /**
   * Reads memory into a buffer, which can be used again and again: making one
   * takes as long as reading a few bytes.
   *
   * @param address Where it is.
   * @param bytes Where to; its length is what is asked for.
   * @returns How many bytes were read: fewer where memory ends, 0 where there is
   * none.
   * @throws {TypeError} If the task has gone on, or `bytes` is no `Uint8Array`.
   */
  readInto(address: Word, bytes: Uint8Array<ArrayBuffer>): number;

  /**
   * Reads a string of C.
   *
   * @param address Where it begins.
   * @param options How much is read at the most.
   * @returns Its bytes without the NUL, and what ended it; undefined where there
   * is no memory, as at NULL.
   * @throws {TypeError} If the task has gone on.
   */
  readCString(
    address: Word,
    options?: ReadCStringOptions,
  ): CString | undefined;

  /**
   * Reads a string of C as text.
   *
   * @param address Where it begins.
   * @param options How much is read at the most.
   * @returns The text; undefined where there is no memory, as at NULL.
   * @throws {TypeError} If the task has gone on.
   */
  readString(address: Word, options?: ReadCStringOptions): string | undefined;
}

/** A system call, at its entry or its exit. */
export interface SyscallEvent extends TraceeMemory {
  /** The task that makes it. */
  readonly tid: number;
  /** The process that the task belongs to. */
  readonly pid: number;
  /** Its number, with its sign: programs can ask for -1. */
  readonly nr: number;
  /** Its name; one that is not known has its number in it. */
  readonly name: string;
  /** By whose rules it is made. */
  readonly abi: SyscallAbi;
  /** Where the program is: behind the instruction that makes the call. */
  readonly instructionPointer: bigint;
  /** Where its stack is. */
  readonly stackPointer: bigint;

  /**
   * Makes the task do another system call before it goes on. Its registers are
   * then as they were.
   *
   * @param name The call's name.
   * @param args What it is given.
   * @returns What it returned; an error is a negated number.
   * @throws {TypeError} If there is no such call, or the task has gone on.
   * @throws {SystemError} `ESRCH` if the task was killed.
   */
  call(name: string, ...args: Word[]): bigint;
}

/** A task is about to make a system call. */
export interface SyscallEnterEvent extends SyscallEvent {
  /** Which event it is. */
  readonly kind: "syscall-enter";
  /** Its six arguments, as registers hold them: live, and to be changed. */
  readonly args: BigUint64Array<ArrayBuffer>;

  /**
   * Writes memory, also where the program itself may only read. When the call
   * is over, what was there before is there again.
   *
   * Other threads of the process see it until then, and so do other processes
   * that share the memory.
   *
   * @param address Where it is.
   * @param data What is written, all of it.
   * @throws {SystemError} `EIO` if something there is not mapped.
   * @throws {TypeError} If the task has gone on.
   */
  writeBytes(address: Word, data: Uint8Array): void;

  /**
   * Makes an argument point to other text, in memory that the tracer has put
   * into the process. What it pointed to stays as it is.
   *
   * @param index Which argument, 0 to 5.
   * @param text The text, without NUL.
   * @throws {SystemError} If the process has no room for it.
   * @throws {TypeError} If the text has a NUL, or the task has gone on.
   * @throws {RangeError} If there is no such argument.
   */
  setString(index: number, text: StringOrBytes): void;

  /**
   * Does not make the call, and lets the program believe that it was made.
   *
   * @param result What it returns.
   * @throws {TypeError} If the task has gone on.
   * @throws {RangeError} If the result has more than 64 bits.
   */
  skip(result?: Word): void;

  /**
   * Does not make the call, and lets the program believe that it failed.
   *
   * @param errno The error's name, such as `"ENOSPC"`.
   * @throws {TypeError} If there is no such error, or the task has gone on.
   */
  fail(errno: string): void;

  /**
   * Makes an event of its own of this one, which is used again for the task's
   * next call.
   *
   * @returns What is known of the call. It has no memory to read, and changes
   * nothing.
   */
  copy(): SyscallEnterEvent;
}

/** A task has made a system call. */
export interface SyscallExitEvent extends SyscallEvent {
  /** Which event it is. */
  readonly kind: "syscall-exit";
  /** Its six arguments, as the kernel got them. */
  readonly args: BigUint64Array<ArrayBuffer>;
  /** What it returns: to be changed. An error is a negated number. */
  result: bigint;
  /** The name of its error; undefined if it did not fail. */
  readonly errno: string | undefined;
  /**
   * That it was interrupted, by a signal most of the time, and what becomes of
   * it: `"ERESTARTSYS"` and its kin. The program sees none of these: the call is
   * made again, goes on as `restart_syscall`, or ends with `EINTR`.
   */
  readonly restart: string | undefined;

  /**
   * Writes memory, also where the program itself may only read. It stays so.
   *
   * @param address Where it is.
   * @param data What is written, all of it.
   * @throws {SystemError} `EIO` if something there is not mapped.
   * @throws {TypeError} If the task has gone on.
   */
  writeBytes(address: Word, data: Uint8Array): void;

  /**
   * Makes an event of its own of this one, which is used again for the task's
   * next call.
   *
   * @returns What is known of the call. It has no memory to read, and changes
   * nothing.
   */
  copy(): SyscallExitEvent;
}
