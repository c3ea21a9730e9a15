import { checkInteger } from "./_check.ts";

/** A string of C, out of another process's memory. */
export interface CString {
  /** Its bytes, without the NUL. */
  bytes: Uint8Array<ArrayBuffer>;
  /**
   * What ended it: its NUL, the limit of what is read, or the end of what is
   * mapped.
   */
  end: "nul" | "limit" | "unmapped";
}

/** How much of a string is read. */
export interface ReadCStringOptions {
  /**
   * The most bytes that are read.
   *
   * @default {65536}
   */
  limit?: number;
}

/** Larger pages are a multiple of this: no read goes past the end of one. */
const PAGE_SIZE = 4096;

/**
 * Reads a string up to the ends of pages, until one has its NUL.
 *
 * @param read Reads bytes, and returns how many, or -errno.
 * @returns The string, or -errno if not even its first byte can be read.
 */
export function readPages(
  read: (address: bigint, bytes: Uint8Array<ArrayBuffer>) => number,
  address: bigint,
  { limit = 65536 }: ReadCStringOptions,
): CString | number {
  checkInteger(limit, "limit", 2 ** 31 - 1);
  let bytes = new Uint8Array(Math.min(limit, PAGE_SIZE));
  let length = 0;
  while (length < limit) {
    const at = address + BigInt(length);
    const toPageEnd = PAGE_SIZE - Number(at % BigInt(PAGE_SIZE));
    const size = Math.min(toPageEnd, limit - length);
    if (length + size > bytes.length) {
      const larger = new Uint8Array(Math.min(2 * (length + size), limit));
      larger.set(bytes);
      bytes = larger;
    }
    const count = read(at, bytes.subarray(length, length + size));
    if (count <= 0) {
      if (length === 0 && count < 0) return count;
      return { bytes: bytes.slice(0, length), end: "unmapped" };
    }
    const nul = bytes.subarray(length, length + count).indexOf(0);
    if (nul >= 0) return { bytes: bytes.slice(0, length + nul), end: "nul" };
    length += count;
  }
  return { bytes: bytes.slice(0, length), end: "limit" };
}
