/** Requests that read and write one word. */

import { callBuffer, callWords } from "./_call.ts";
import { toAddress, toWord, type Word } from "./_check.ts";
import { REQUEST } from "./_request_numbers.ts";
import { requireX86 } from "./_require_x86.ts";

const word = new BigUint64Array(new ArrayBuffer(8));

/**
 * Reads a word of a task's memory: `PTRACE_PEEKTEXT`. Text and data are one memory on Linux: it is the same as
 * {@linkcode peekdata}.
 *
 * @param tid The task, which is stopped.
 * @param address Where it is.
 * @returns The 64 bits there.
 * @throws {SystemError} `EIO` if nothing is mapped there, `ESRCH` if it is no
 * tracee of this thread, or not stopped.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true", "argument"]);
 * const { stackPointer } = ptrace.getregs(pid);
 * console.log(ptrace.peektext(pid, stackPointer)); // prints: 2n
 * ```
 */
export function peektext(tid: number, address: Word): bigint {
  callBuffer(REQUEST.PTRACE_PEEKTEXT, tid, toAddress(address), word);
  return word[0]!;
}

/**
 * Writes a word of a task's memory, also where it may only read:
 * `PTRACE_POKETEXT`. It is the same as {@linkcode pokedata}.
 *
 * @param tid The task, which is stopped.
 * @param address Where it is.
 * @param value The 64 bits.
 * @throws {SystemError} `EIO` if nothing is mapped there, `ESRCH` if it is no
 * tracee of this thread, or not stopped.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true"]);
 * const { stackPointer } = ptrace.getregs(pid);
 * ptrace.poketext(pid, stackPointer - 8n, 42);
 * console.log(ptrace.peektext(pid, stackPointer - 8n)); // prints: 42n
 * ```
 */
export function poketext(tid: number, address: Word, value: Word): void {
  const data = toWord(value, "value");
  callWords(REQUEST.PTRACE_POKETEXT, tid, toAddress(address), data);
}

/**
 * Reads a word of a task's memory: `PTRACE_PEEKDATA`.
 *
 * @param tid The task, which is stopped.
 * @param address Where it is.
 * @returns The 64 bits there.
 * @throws {SystemError} `EIO` if nothing is mapped there, `ESRCH` if it is no
 * tracee of this thread, or not stopped.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true", "argument"]);
 * const { stackPointer } = ptrace.getregs(pid);
 * console.log(ptrace.peekdata(pid, stackPointer)); // prints: 2n
 * ```
 */
export function peekdata(tid: number, address: Word): bigint {
  callBuffer(REQUEST.PTRACE_PEEKDATA, tid, toAddress(address), word);
  return word[0]!;
}

/**
 * Writes a word of a task's memory, also where it may only read:
 * `PTRACE_POKEDATA`.
 *
 * @param tid The task, which is stopped.
 * @param address Where it is.
 * @param value The 64 bits.
 * @throws {SystemError} `EIO` if nothing is mapped there, `ESRCH` if it is no
 * tracee of this thread, or not stopped.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true"]);
 * const { stackPointer } = ptrace.getregs(pid);
 * ptrace.pokedata(pid, stackPointer - 8n, 42);
 * console.log(ptrace.peekdata(pid, stackPointer - 8n)); // prints: 42n
 * ```
 */
export function pokedata(tid: number, address: Word, value: Word): void {
  const data = toWord(value, "value");
  callWords(REQUEST.PTRACE_POKEDATA, tid, toAddress(address), data);
}

/**
 * Reads a word of `struct user`, which begins with the registers:
 * `PTRACE_PEEKUSER`, of x86 alone.
 *
 * @param tid The task, which is stopped.
 * @param offset Where it is in the structure, a multiple of 8: 120 is orig_rax.
 * @returns The 64 bits there.
 * @throws {SystemError} `EIO` if there is no such offset, `ESRCH` if it is no
 * tracee of this thread, or not stopped.
 * @throws {RangeError} If a number is out of its range.
 * @throws {Deno.errors.NotSupported} On other architectures than x86_64.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const RIP = 128;
 * const pid = ptrace.startTraced(["/bin/true"]);
 * if (Deno.build.arch === "x86_64") {
 *   const { instructionPointer } = ptrace.getregs(pid);
 *   console.assert(ptrace.peekuser(pid, RIP) === instructionPointer);
 * }
 * ```
 */
export function peekuser(tid: number, offset: Word): bigint {
  requireX86("PTRACE_PEEKUSER");
  callBuffer(REQUEST.PTRACE_PEEKUSER, tid, toAddress(offset, "offset"), word);
  return word[0]!;
}

/**
 * Writes a word of `struct user`: `PTRACE_POKEUSER`, of x86 alone. Only some
 * may be written: the registers, and those of debugging.
 *
 * @param tid The task, which is stopped.
 * @param offset Where it is in the structure, a multiple of 8.
 * @param value The 64 bits.
 * @throws {SystemError} `EIO` if there is no such offset, or the value is none
 * that it can have; `ESRCH` if it is no tracee of this thread, or not stopped.
 * @throws {RangeError} If a number is out of its range.
 * @throws {Deno.errors.NotSupported} On other architectures than x86_64.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const RBX = 40;
 * const pid = ptrace.startTraced(["/bin/true"]);
 * if (Deno.build.arch === "x86_64") {
 *   ptrace.pokeuser(pid, RBX, 42);
 *   console.assert(ptrace.peekuser(pid, RBX) === 42n);
 * }
 * ```
 */
export function pokeuser(tid: number, offset: Word, value: Word): void {
  requireX86("PTRACE_POKEUSER");
  const data = toWord(value, "value");
  callWords(REQUEST.PTRACE_POKEUSER, tid, toAddress(offset, "offset"), data);
}
