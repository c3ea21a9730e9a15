/**
 * What decodes an argument, and what decoders are made of.
 *
 * @module
 */

import { type Call, exact, failed, hex, pointer, word } from "./_trace_call.ts";
import { readStruct } from "./_trace_reader.ts";
import { list, type Value } from "./_trace_value.ts";

/** Decodes an argument of a call. */
export interface Decoder {
  /**
   * Whether the call fills it, so that it is decoded at the call's exit, and
   * with it all arguments that follow; some calls do only if they are told to.
   */
  readonly out: boolean | ((call: Call, index: number) => boolean);
  /**
   * Decodes it. Undefined if the call, as it is used here, does not take it.
   *
   * @param call The call.
   * @param index The register that holds it.
   * @param before What was there at the call's entry, if that was looked at.
   */
  decode(call: Call, index: number, before?: number): Value | undefined;
  /** Looks at the entry at what the call will replace. */
  peek?(call: Call, index: number): number | undefined;
  /** What the call makes of what is decoded at its entry already. */
  readonly becomes?: Decoder;
}

/** Decodes what is at an address. Undefined if it cannot be read. */
export type ReadAt = (call: Call, address: number) => Value | undefined;

/** What is known at the call's entry. */
export function decoder(decode: Decoder["decode"]): Decoder {
  return { out: false, decode };
}

/** What is known at the call's exit only. */
export function outDecoder(decode: Decoder["decode"]): Decoder {
  return { out: true, decode };
}

/** A pointer to what the call reads. */
export function input(read: ReadAt): Decoder {
  return decoder((call, index) => at(call, word(call, index), read));
}

/** A pointer to what the call fills, if it succeeds. */
export function output(read: ReadAt): Decoder {
  return outDecoder((call, index) => {
    const address = word(call, index);
    return failed(call) ? pointer(address) : at(call, address, read);
  });
}

/** What is at an address, or else the address. */
export function at(call: Call, address: number, read: ReadAt): Value {
  if (address === 0) return "NULL";
  return read(call, address) ?? pointer(address);
}

/** One value, such as `[3]`. */
export function single(read: ReadAt): ReadAt {
  return (call, address) => {
    const value = read(call, address);
    return value === undefined ? undefined : list([value]);
  };
}

/** An `int` in memory. */
export const readInt: ReadAt = (call, address) =>
  readStruct(call, address, 4)?.i32();

/** An `unsigned int` in memory. */
export const readUint: ReadAt = (call, address) =>
  readStruct(call, address, 4)?.u32();

/** A 64-bit number in memory. */
export const readLong: ReadAt = (call, address) =>
  readStruct(call, address, 8)?.i64();

/**
 * An array in memory. As strace has it, what cannot be read ends it by its
 * address in a remark.
 *
 * @param size How large an item is, in bytes.
 * @param read What decodes one.
 * @param count How many there are.
 * @param most How many are shown.
 */
export function readArray(
  call: Call,
  address: number,
  size: number,
  read: ReadAt,
  count: number,
  most: number,
): Value {
  if (address === 0) return "NULL";
  if (count === 0) return list([]);
  const items: Value[] = [];
  for (let i = 0; i < count; i++) {
    if (i === most) return list(items, true);
    const item = read(call, address + i * size);
    if (item === undefined) {
      if (i === 0) return pointer(address);
      items.push(`... /* ${hex(address + i * size)} */`);
      break;
    }
    items.push(item);
  }
  return list(items);
}

/** How many items of a list are shown. */
export function mostItems({ detail }: Call): number {
  return detail.verbose ? Infinity : detail.limit;
}

/** An address, whatever is there. */
export const address: Decoder = decoder((call, index) =>
  pointer(exact(call, index))
);

/** A word in hexadecimal. */
export const hexWord: Decoder = decoder((call, index) =>
  hex(exact(call, index))
);
