/**
 * Arguments and environments of programs.
 *
 * @module
 */

import { readString } from "./_decode_string.ts";
import { type Call, pointer, word } from "./_trace_call.ts";
import { type Decoder, decoder } from "./_trace_decoder.ts";
import { longSize, readStruct } from "./_trace_reader.ts";
import { list, remark, type Value } from "./_trace_value.ts";

/** How many there can be before one gives up counting. */
const MOST = 0x10_0000;

/** The strings of an array that a null pointer ends. */
function readStrings(call: Call, address: number): Value {
  const size = longSize(call);
  const most = call.detail.verbose ? Infinity : call.detail.limit;
  const items: Value[] = [];
  for (let at = address;; at += size) {
    const string = readStruct(call, at, size)?.address();
    if (string === undefined) {
      if (at === address) return pointer(address);
      return list([...items, `... /* ${pointer(at)} */`]);
    }
    if (string === 0) return list(items);
    if (items.length >= most) return list(items, true);
    items.push(readString(call, string) ?? pointer(string));
  }
}

/** How many strings there are, and whether a null pointer ends them. */
function countStrings(
  call: Call,
  address: number,
): { count: number; ended: boolean } {
  const size = longSize(call);
  const chunk = 64 * size;
  let count = 0;
  while (count < MOST) {
    const bytes = call.memory.read(address + count * size, chunk);
    const words = size === 8
      ? new BigUint64Array(bytes.buffer, bytes.byteOffset, bytes.length >> 3)
      : new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
    for (const word of words) {
      if (!word) return { count, ended: true };
      count++;
    }
    if (bytes.length < chunk) break;
  }
  return { count, ended: false };
}

/** The arguments of a program. */
export const argv: Decoder = decoder((call, index) => {
  const address = word(call, index);
  return address === 0 ? "NULL" : readStrings(call, address);
});

/** The environment of a program: how large it is, or all of it. */
export const envp: Decoder = decoder((call, index) => {
  const address = word(call, index);
  if (address === 0) return "NULL";
  if (call.detail.verbose) return readStrings(call, address);
  const { count, ended } = countStrings(call, address);
  if (count === 0 && !ended) return pointer(address);
  const text = count === 1 ? "1 var" : `${count} vars`;
  return remark(pointer(address), ended ? text : `${text}, unterminated`);
});
