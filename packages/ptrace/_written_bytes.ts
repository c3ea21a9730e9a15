import { SystemError } from "@procctl/libc";
import { toAddress, type Word } from "./_check.ts";
import { BLOCK_SIZE, Overlay, type Part } from "./_overlay.ts";
import { peekdata, pokedata } from "./_peek_requests.ts";
import type { ProcessMemory } from "./process_memory.ts";

/** The memory of a process, as far as it is used here. */
export type Memory = Pick<ProcessMemory, "readInto" | "write">;

const ESRCH = 3;
const EIO = 5;
const WORD_SIZE = 8;

/** Memory that was written for a call. */
interface Range {
  readonly address: bigint;
  readonly length: number;
}

/**
 * Bytes that a tracer has put into a process's memory for the length of some
 * system calls.
 *
 * Two threads may be about to write the same text at the same time: what
 * replaces it has to stay until the later of their calls is over, and the tracer
 * must find the program's own text in both. So the calls are counted byte by
 * byte, and the program's own bytes come back with the end of the last, unless
 * the program or the kernel has put something else there meanwhile.
 *
 * It belongs to memory, not to a task: threads and children made with
 * `CLONE_VM` share one, and a forked child has a copy with what is written. Of
 * memory that is nobody's any more nothing is written, and nothing is thrown.
 */
export class WrittenBytes {
  #memory: Memory;
  #overlay = new Overlay();
  #ranges = new Map<number, Range[]>();

  /** @param memory The memory; it is not closed. */
  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Whether nothing is written. */
  get isEmpty(): boolean {
    return this.#overlay.isEmpty;
  }

  /**
   * Writes bytes until a task's call is over.
   *
   * @param tid The task, which is stopped at the call.
   * @throws {SystemError} `EIO` if something there is not mapped; then nothing
   * is written.
   */
  write(tid: number, address: Word, bytes: Uint8Array): void {
    const to = toAddress(address);
    const { length } = bytes;
    const before = new Uint8Array(length);
    const count = read(this.#memory, to, before);
    if (count === undefined || length === 0) return;
    if (count < length) {
      throw new SystemError(
        `Cannot write ${length} bytes at 0x${to.toString(16)}`,
        { errno: EIO, syscall: "pwrite64", reason: "not all of it is mapped" },
      );
    }
    const written = bytes.slice();
    unlessGone(() => put(this.#memory, to, written, tid));
    this.#overlay.add(to, before, written);
    const ranges = this.#ranges.get(tid) ?? [];
    ranges.push({ address: to, length });
    this.#ranges.set(tid, ranges);
  }

  /** Makes what was read from the memory what the program itself has there. */
  hide(address: Word, bytes: Uint8Array): void {
    if (!this.isEmpty) this.#overlay.uncover(toAddress(address), bytes);
  }

  /** The call of a task is over, which is stopped: its bytes go. */
  release(tid: number): void {
    this.#release(tid, tid);
  }

  /** A task has ended, or has left this memory by an exec: its bytes go. */
  leave(tid: number): void {
    this.#release(tid, undefined);
  }

  /**
   * Takes all that is written out of a copy of this memory, that of a forked
   * child.
   *
   * @param tid The child, which is stopped.
   */
  takeOutOf(copy: Memory, tid: number): void {
    for (const address of this.#overlay.blockAddresses()) {
      this.#uncover(copy, { address, length: BLOCK_SIZE }, Infinity, tid);
    }
  }

  #release(tid: number, stopped: number | undefined): void {
    const ranges = this.#ranges.get(tid);
    if (ranges === undefined) return;
    this.#ranges.delete(tid);
    for (const range of ranges) {
      // What others have written too, they still need.
      this.#uncover(this.#memory, range, 1, stopped);
      this.#overlay.remove(range.address, range.length);
    }
  }

  #uncover(
    memory: Memory,
    { address, length }: Range,
    most: number,
    stopped: number | undefined,
  ): void {
    const bytes = new Uint8Array(length);
    const count = read(memory, address, bytes) ?? 0;
    const restore = ({ start, end }: Part) =>
      put(memory, address + BigInt(start), bytes.slice(start, end), stopped);
    // What is no longer mapped needs nothing.
    const there = bytes.subarray(0, count);
    for (const part of this.#overlay.uncover(address, there, most)) {
      unlessGone(() => restore(part), EIO);
    }
  }
}

/** How many bytes can be read; undefined if the memory is nobody's any more. */
function read(
  memory: Memory,
  address: bigint,
  bytes: Uint8Array<ArrayBuffer>,
): number | undefined {
  try {
    return memory.readInto(address, bytes);
  } catch (error) {
    if (isError(error, EIO)) return 0;
    if (isError(error, ESRCH)) return undefined;
    throw error;
  }
}

/** Writes, unless there is nothing any more to write to. */
function unlessGone(write: () => void, ...others: number[]): void {
  try {
    write();
  } catch (error) {
    if (!isError(error, ESRCH, ...others)) throw error;
  }
}

function isError(error: unknown, ...errnos: number[]): boolean {
  return error instanceof SystemError && errnos.includes(error.errno);
}

/**
 * Writes memory, also where the program may only read. Where the kernel's
 * configuration forbids that, ptrace(2) still does it, word by word.
 *
 * @param stopped A task of that memory which is stopped, if there is one.
 */
function put(
  memory: Memory,
  address: bigint,
  bytes: Uint8Array<ArrayBuffer>,
  stopped: number | undefined,
): void {
  try {
    memory.write(address, bytes);
  } catch (error) {
    if (!isError(error, EIO) || stopped === undefined) throw error;
    poke(stopped, address, bytes);
  }
}

function poke(tid: number, address: bigint, bytes: Uint8Array): void {
  const word = new BigUint64Array(1);
  const wordBytes = new Uint8Array(word.buffer);
  // Words that begin at a multiple of their size are on one page.
  let at = address - address % BigInt(WORD_SIZE);
  const end = address + BigInt(bytes.length);
  for (; at < end; at += BigInt(WORD_SIZE)) {
    word[0] = peekdata(tid, at);
    const offset = Number(at - address);
    for (let index = 0; index < WORD_SIZE; index++) {
      const byte = bytes[offset + index];
      if (byte !== undefined) wordBytes[index] = byte;
    }
    pokedata(tid, at, word[0]);
  }
}
