/**
 * What an argument is by itself, without memory: a number, a constant, flags,
 * an address.
 *
 * @module
 */

import {
  argumentTable,
  type ConstantTable,
  formatArgument,
  formatConstant,
  type Signature,
} from "@procctl/syscalls";
import { type Call, exact, int, uint } from "./_trace_call.ts";
import { type Decoder, decoder } from "./_trace_decoder.ts";
import type { Value } from "./_trace_value.ts";

/** How many values of a parameter are kept: sizes know no end. */
const MOST_KEPT = 256;
const NEGATIVE = 0xffff_ffff;

/** Decodes a parameter by its type and the constants that it takes. */
export function number(signature: Signature, index: number): Decoder {
  const { choice, type } = signature.parameters[index]!;
  const format = (call: Call) => {
    const args = Array.from({ length: 6 }, (_, i) => exact(call, i));
    const text = formatArgument(signature, index, args, call.arch);
    const table = argumentTable(signature, index, args);
    // A number, unless it is one of those that have names.
    const plain = table === undefined && !type.endsWith("*");
    return plain && /^(?:0|-?[1-9]\d*)$/.test(text) ? toNumber(text) : text;
  };
  if (choice !== undefined) return decoder(format);
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

function toNumber(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

/** Constants by name, of an `int` that is a parameter. */
export function constant(table: ConstantTable): Decoder {
  return decoder((call, index) =>
    formatConstant(uint(call, index), table, call.arch)
  );
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
