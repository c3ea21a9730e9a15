/**
 * Strings and buffers.
 *
 * @module
 */

import { type Call, failed, pointer, word } from "./_trace_call.ts";
import {
  at,
  type Decoder,
  decoder,
  input,
  outDecoder,
  type ReadAt,
} from "./_trace_decoder.ts";
import type { Value } from "./_trace_value.ts";

const PATH_MAX = 4096;
/** How much is read at once of what mostly is short. */
const CHUNK = 256;

/**
 * A string of C up to so many bytes; undefined if its memory ends before it
 * does.
 */
export function readText(
  call: Call,
  address: number,
  limit: number,
): Value | undefined {
  const bytes = readUpToNul(call, address, limit + 1);
  if (bytes === undefined) return undefined;
  if (bytes.length <= limit) return { kind: "text", bytes, more: false };
  return { kind: "text", bytes: bytes.subarray(0, limit), more: true };
}

/** Bytes up to a NUL or a limit; undefined if memory ends before. */
function readUpToNul(
  { memory }: Call,
  address: number,
  limit: number,
): Uint8Array | undefined {
  let found: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  while (found.length < limit) {
    const size = Math.min(limit - found.length, CHUNK);
    const bytes = memory.read(address + found.length, size);
    const end = bytes.indexOf(0);
    const part = end < 0 ? bytes : bytes.subarray(0, end);
    if (found.length === 0) found = part;
    else {
      const joined = new Uint8Array(found.length + part.length);
      joined.set(found);
      joined.set(part, found.length);
      found = joined;
    }
    if (end >= 0) return found;
    if (bytes.length < size) return undefined;
  }
  return found;
}

/** Bytes of a known size, of which so many are shown as the user wants. */
export function readBuffer(
  call: Call,
  address: number,
  size: number,
  binary = false,
): Value | undefined {
  if (address === 0) return "NULL";
  const shown = Math.min(size, call.detail.limit);
  const bytes = call.memory.read(address, shown);
  if (bytes.length < shown) return undefined;
  return { kind: "text", bytes, more: size > shown, ...(binary && { binary }) };
}

/** A path. */
export const readPath: ReadAt = (call, address) =>
  readText(call, address, PATH_MAX - 1);

/** A string that is no path, shown as far as the user wants. */
export const readString: ReadAt = (call, address) =>
  readText(call, address, call.detail.limit);

/** A path. */
export const path: Decoder = input(readPath);

/** A string that is no path. */
export const string: Decoder = input(readString);

/** A buffer that the call reads; another argument is its size. */
export function bufferIn(sizeAt: number): Decoder {
  return decoder((call, index) => {
    const address = word(call, index);
    return readBuffer(call, address, word(call, sizeAt)) ?? pointer(address);
  });
}

/** A buffer that the call fills; its result is how much. */
export function bufferOut(binary = false): Decoder {
  return outDecoder((call, index) => {
    const address = word(call, index);
    if (failed(call)) return pointer(address);
    return readBuffer(call, address, call.result, binary) ?? pointer(address);
  });
}

/** A string that the call fills, and ends by a NUL. */
export const stringOut: Decoder = outDecoder((call, index) => {
  const address = word(call, index);
  return failed(call) ? pointer(address) : at(call, address, readPath);
});
