// deno-lint-ignore-file camelcase -- members have the names that C gives them
/**
 * Limits, and what was used of resources.
 *
 * @module
 */

import { timevalOf } from "./_decode_time.ts";
import { type Call, pointer, word } from "./_trace_call.ts";
import {
  at,
  type Decoder,
  input,
  outDecoder,
  output,
  type ReadAt,
} from "./_trace_decoder.ts";
import { longSize, type Reader, readStruct } from "./_trace_reader.ts";
import { struct, type Value } from "./_trace_value.ts";

const KIB = 1024;
const MOST_32 = 0xffff_ffff;
const MOST_64 = 0xffff_ffff_ffff_ffffn;

function limit(value: number | bigint, infinity: string): Value {
  if (value === MOST_64) return infinity;
  const number = Number(value);
  return number > KIB && number % KIB === 0 ? `${number / KIB}*1024` : value;
}

function readLimits(call: Call, address: number): Value | undefined {
  const reader = readStruct(call, address, 2 * longSize(call));
  if (reader === undefined) return undefined;
  const value = () => {
    const it = reader.ulong();
    return !reader.wide && it === MOST_32
      ? "RLIM_INFINITY"
      : limit(it, "RLIM_INFINITY");
  };
  return struct({ rlim_cur: value(), rlim_max: value() });
}

const readLimits64: ReadAt = (call, address) => {
  const reader = readStruct(call, address, 16);
  if (reader === undefined) return undefined;
  const value = () => limit(reader.u64(), "RLIM64_INFINITY");
  return struct({ rlim_cur: value(), rlim_max: value() });
};

export const limitsIn: Decoder = input(readLimits);
export const limitsOut: Decoder = output(readLimits);
export const limits64In: Decoder = input(readLimits64);
export const limits64Out: Decoder = output(readLimits64);

/** The members of `struct rusage` after its times. */
const COUNTS: readonly string[] =
  "maxrss ixrss idrss isrss minflt majflt nswap inblock oublock msgsnd msgrcv nsignals nvcsw nivcsw"
    .split(" ").map((name) => `ru_${name}`);

const readUsage: ReadAt = (call, address) => {
  const size = (4 + COUNTS.length) * longSize(call);
  const reader = readStruct(call, address, size);
  if (reader === undefined) return undefined;
  const times = { ru_utime: timevalOf(reader), ru_stime: timevalOf(reader) };
  if (!call.detail.verbose) return struct(times, true);
  return struct({ ...times, ...counts(reader) });
};

function counts(reader: Reader): Record<string, Value> {
  return Object.fromEntries(COUNTS.map((name) => [name, reader.long()]));
}

/** `struct rusage`. */
export const usage: Decoder = output(readUsage);

/** That of a child, if a child was found. */
export const childUsage: Decoder = outDecoder((call, index) => {
  const address = word(call, index);
  const found = call.result > 0 ||
    call.name === "waitid" && call.result === 0;
  return found ? at(call, address, readUsage) : pointer(address);
});
