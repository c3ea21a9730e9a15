/**
 * Memory that C can keep, as no garbage collection moves or frees it.
 *
 * @module
 */

import { checkSize } from "./_check_size.ts";
import { lazySymbols, orErrno } from "./library.ts";
import { writeMemory } from "./memory.ts";
import { SystemError } from "./system_error.ts";

const libc = lazySymbols({
  // void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t)
  mmap: {
    parameters: ["usize", "usize", "i32", "i32", "i32", "i64"],
    result: "usize",
  },
  // int munmap(void *addr, size_t length)
  munmap: { parameters: ["usize", "usize"], result: "i32" },
});

const PROT_READ_WRITE = 0x3;
const MAP_PRIVATE_ANONYMOUS = 0x22;

/** Enough for most argument lists, and a whole number of 4 to 64 KiB pages. */
const BLOCK_SIZE = 65536n;

/**
 * Memory for C: strings, vectors and structures that outlive one call.
 *
 * JavaScript's buffers are no place for those. One that is reachable only
 * through an address stored in another is freed, and a child process that
 * shares memory would see the garbage collector at work. An arena's memory
 * comes from mmap(2), never moves, and is given back all at once.
 *
 * @example Usage
 * ```ts
 * import { Arena, readCString } from "@procctl/libc";
 *
 * using arena = new Arena();
 * const address = arena.cString(new TextEncoder().encode("hello"));
 * console.log(new TextDecoder().decode(readCString(address))); // prints: hello
 * ```
 */
export class Arena implements Disposable {
  #blocks: { address: bigint; size: bigint }[] = [];
  #next = 0n;
  #end = 0n;
  #released = false;

  /**
   * Sets aside memory, filled with zeros and aligned to 16 bytes.
   *
   * @param size How many bytes. For 0 one is set aside, to have an address.
   * @returns Where they begin.
   * @throws {RangeError} If the size is not a whole number, 0 or more.
   * @throws {SystemError} If there is no memory (`ENOMEM`).
   * @throws {TypeError} If the arena was released.
   *
   * @example Usage
   * ```ts
   * import { Arena, readMemory } from "@procctl/libc";
   *
   * using arena = new Arena();
   * console.log(readMemory(arena.allocate(8), 8).join("")); // prints: 00000000
   * ```
   */
  allocate(size: number): bigint {
    if (this.#released) {
      throw new TypeError("Cannot allocate in an arena that was released");
    }
    checkSize(size, "allocate");
    const room = BigInt(size || 1);
    let address = (this.#next + 15n) & ~15n;
    if (address + room > this.#end) address = this.#map(room);
    this.#next = address + room;
    return address;
  }

  /**
   * Copies bytes into the arena.
   *
   * @param bytes The bytes.
   * @returns Where the copy begins.
   * @throws {SystemError} If there is no memory (`ENOMEM`).
   *
   * @example Usage
   * ```ts
   * import { Arena, readMemory } from "@procctl/libc";
   *
   * using arena = new Arena();
   * const address = arena.bytes(new Uint8Array([1, 2, 3]));
   * console.log(readMemory(address, 3).join("")); // prints: 123
   * ```
   */
  bytes(bytes: Uint8Array): bigint {
    const address = this.allocate(bytes.length);
    writeMemory(address, bytes);
    return address;
  }

  /**
   * Copies a string into the arena, and the NUL that ends it.
   *
   * @param bytes The string, which contains no NUL.
   * @returns Where the copy begins.
   * @throws {SystemError} If there is no memory (`ENOMEM`).
   *
   * @example Usage
   * ```ts
   * import { Arena, readCString } from "@procctl/libc";
   *
   * using arena = new Arena();
   * const address = arena.cString(new TextEncoder().encode("hi"));
   * console.log(readCString(address).length); // prints: 2
   * ```
   */
  cString(bytes: Uint8Array): bigint {
    // The memory is zero already: the NUL needs room, not writing.
    const address = this.allocate(bytes.length + 1);
    writeMemory(address, bytes);
    return address;
  }

  /**
   * Copies strings into the arena, with the vector of their addresses that C
   * takes for argv and envp, ended by a null pointer.
   *
   * @param strings The strings, which contain no NUL.
   * @returns Where the vector begins.
   * @throws {SystemError} If there is no memory (`ENOMEM`).
   *
   * @example Usage
   * ```ts
   * import { Arena, readCString, readMemory } from "@procctl/libc";
   *
   * using arena = new Arena();
   * const argv = arena.cStringVector(["ls", "-l"].map((s) => new TextEncoder().encode(s)));
   * const pointers = new BigUint64Array(readMemory(argv, 24).buffer);
   * console.log(new TextDecoder().decode(readCString(pointers[1]!)), pointers[2]); // prints: -l 0n
   * ```
   */
  cStringVector(strings: readonly Uint8Array[]): bigint {
    const head = 8 * (strings.length + 1);
    const size = strings.reduce((sum, { length }) => sum + length + 1, head);
    const address = this.allocate(size);
    // Built here and copied at once: a long list would take as many calls.
    const image = new Uint8Array(size);
    const pointers = new BigUint64Array(image.buffer, 0, strings.length);
    let offset = head;
    strings.forEach((string, index) => {
      pointers[index] = address + BigInt(offset);
      image.set(string, offset);
      offset += string.length + 1;
    });
    writeMemory(address, image);
    return address;
  }

  /**
   * Gives all the memory back. Addresses in it are void from here on.
   *
   * @example Usage
   * ```ts
   * import { Arena } from "@procctl/libc";
   *
   * const arena = new Arena();
   * arena.allocate(100);
   * arena[Symbol.dispose](); // or: using arena = new Arena();
   * ```
   */
  [Symbol.dispose](): void {
    this.#released = true;
    for (const { address, size } of this.#blocks.splice(0)) {
      libc.munmap(address, size);
    }
  }

  /** Maps a new block with room for a request, and begins to fill it. */
  #map(room: bigint): bigint {
    const size = (room + BLOCK_SIZE - 1n) / BLOCK_SIZE * BLOCK_SIZE;
    const address = orErrno(
      libc.mmap(0n, size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0n),
    );
    if (address < 0n) {
      throw new SystemError(`Cannot map ${size} bytes of memory`, {
        errno: -Number(address),
        syscall: "mmap",
      });
    }
    this.#blocks.push({ address, size });
    this.#end = address + size;
    return address;
  }
}
