/**
 * What an argument is by itself, without memory: a number, a constant, flags,
 * an address.
 *
 * @module
 */

import {
  argumentTable,
  formatArgument,
  type Signature,
} from "@procctl/syscalls";
import { type Call, exact, int, pointer, word } from "./_trace_call.ts";
import { type Decoder, decoder } from "./_trace_decoder.ts";
import type { Value } from "./_trace_value.ts";

/** How many values of a parameter are kept: sizes know no end. */
const MOST_KEPT = 256;
const NEGATIVE = 0xffff_ffff;

/** Decodes a parameter by its type and the constants that it takes. */
export function number(signature: Signature, index: number): Decoder {
  const { choice, table, type } = signature.parameters[index]!;
  if (choice !== undefined) {
    return decoder((call, index) => formatChosen(signature, call, index));
  }
  if (table === "addresses" || table === undefined && type.endsWith("*")) {
    return address;
  }
  // Of a parameter that no other one decides on the others need not be there.
  const args: bigint[] = Array(signature.parameters.length).fill(0n);
  const format = (call: Call): Value => {
    args[index] = exact(call, index);
    const text = formatArgument(signature, index, args, call.arch);
    return table === undefined ? toNumber(text) : text;
  };
  // Programs repeat themselves, and to format takes longer than to look up.
  const kept = [new Map<number, Value>(), new Map<number, Value>()] as const;
  return decoder((call, index) => {
    const low = call.halves[2 * index]!;
    const high = call.halves[2 * index + 1]!;
    if (high !== 0 && high !== NEGATIVE) return format(call);
    const values = kept[high & 1]!;
    const known = values.get(low);
    if (known !== undefined) return known;
    const value = format(call);
    if (values.size === MOST_KEPT) values.clear();
    values.set(low, value);
    return value;
  });
}

/** An address, whatever is there. */
const address: Decoder = decoder((call, index) => {
  const value = word(call, index);
  return pointer(Number.isSafeInteger(value) ? value : exact(call, index));
});

/** What a parameter is decides another one, as with fcntl(2). */
function formatChosen(signature: Signature, call: Call, index: number): Value {
  const args = Array.from({ length: 6 }, (_, i) => exact(call, i));
  const text = formatArgument(signature, index, args, call.arch);
  const table = argumentTable(signature, index, args);
  return table === undefined ? toNumber(text) : text;
}

/** A number of text, unless that is no decimal one, such as a mode. */
function toNumber(text: string): Value {
  if (!/^(?:0|-?[1-9]\d*)$/.test(text)) return text;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

/** A descriptor, with what it stands for if that is shown. */
export const descriptor: Decoder = decoder((call, index) =>
  nameDescriptor(call, int(call, index))
);

const AT_FDCWD = -100;

/** Writes a descriptor, and what it stands for if that is shown. */
export function nameDescriptor(call: Call, fd: number): Value {
  const name = call.detail.nameOf?.(call.tid, fd);
  const text = fd === AT_FDCWD ? "AT_FDCWD" : fd;
  return name === undefined ? text : `${text}${name}`;
}
