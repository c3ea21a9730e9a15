/**
 * Reading and writing memory that C owns, and finding where a buffer lies.
 *
 * All of it goes through typings of memcpy(3): Deno's own pointer functions
 * need the whole ffi permission, these work under `--allow-ffi=<path>` too.
 * Addresses are bigints, as pointers are 64 bits wide.
 *
 * A wrong address crashes the process: nothing here can check one.
 *
 * @module
 */

import { checkSize } from "./_check_size.ts";
import { lazySymbols } from "./library.ts";

const libc = lazySymbols({
  // memcpy(destination, source, size)
  copyFrom: {
    name: "memcpy",
    parameters: ["buffer", "usize", "usize"],
    result: "void",
  },
  copyTo: {
    name: "memcpy",
    parameters: ["usize", "buffer", "usize"],
    result: "void",
  },
  // Copies nothing, and returns where its first argument lies.
  address: {
    name: "memcpy",
    parameters: ["buffer", "buffer", "usize"],
    result: "usize",
  },
  // size_t strlen(const char *s)
  strlen: { parameters: ["usize"], result: "usize" },
  // long sysconf(int name)
  sysconf: { parameters: ["i32"], result: "i64" },
});

const SC_PAGESIZE = 30;

/**
 * Copies bytes from an address into a new array.
 *
 * @param address Where to read from.
 * @param size How many bytes to read.
 * @returns The bytes.
 * @throws {RangeError} If the size is not a whole number, 0 or more.
 *
 * @example Usage
 * ```ts
 * import { Arena, readMemory } from "@procctl/libc";
 *
 * using arena = new Arena();
 * const address = arena.cString(new TextEncoder().encode("hello"));
 * console.log(new TextDecoder().decode(readMemory(address, 4))); // prints: hell
 * ```
 */
export function readMemory(
  address: bigint,
  size: number,
): Uint8Array<ArrayBuffer> {
  checkSize(size, "read");
  const bytes = new Uint8Array(size);
  if (size > 0) libc.copyFrom(bytes, address, BigInt(size));
  return bytes;
}

/**
 * Copies bytes to an address.
 *
 * @param address Where to write to.
 * @param bytes What to write.
 *
 * @example Usage
 * ```ts
 * import { Arena, readCString, writeMemory } from "@procctl/libc";
 *
 * using arena = new Arena();
 * const address = arena.cString(new TextEncoder().encode("hello"));
 * writeMemory(address, new TextEncoder().encode("J"));
 * console.log(new TextDecoder().decode(readCString(address))); // prints: Jello
 * ```
 */
export function writeMemory(address: bigint, bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  // Deno's own types take that of shared memory only from 2.8.3 on.
  const source = bytes as Uint8Array<ArrayBuffer>;
  libc.copyTo(address, source, BigInt(bytes.length));
}

/**
 * Reads a string of C: the bytes from an address up to the first NUL.
 *
 * @param address Where the string begins.
 * @returns Its bytes, without the NUL.
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
export function readCString(address: bigint): Uint8Array<ArrayBuffer> {
  return readMemory(address, Number(libc.strlen(address)));
}

/**
 * The address of a buffer's memory, which stays the same for the buffer's life.
 *
 * An address does not keep its buffer alive: hold on to the buffer for as long
 * as C may use the address, or put the bytes in an {@linkcode Arena}.
 *
 * @param buffer The buffer; not an empty one, which has no memory.
 * @returns Its address.
 *
 * @example Usage
 * ```ts
 * import { addressOf, readMemory } from "@procctl/libc";
 *
 * const buffer = new Uint8Array([1, 2, 3]);
 * console.log(readMemory(addressOf(buffer), 3)[2]); // prints: 3
 * ```
 */
export function addressOf(buffer: Uint8Array<ArrayBuffer>): bigint {
  return libc.address(buffer, buffer, 0n);
}

/**
 * The size of a page of memory: 4096 on x86_64, also 16384 or 65536 on aarch64.
 *
 * @returns The size in bytes, a power of two.
 *
 * @example Usage
 * ```ts
 * import { pageSize } from "@procctl/libc";
 *
 * console.log(pageSize() >= 4096); // prints: true
 * ```
 */
export function pageSize(): number {
  return Number(libc.sysconf(SC_PAGESIZE));
}
