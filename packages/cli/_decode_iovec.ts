// deno-lint-ignore-file camelcase -- members have the names that C gives them
/**
 * Vectors of buffers, by themselves and in messages.
 *
 * @module
 */

import { readBuffer } from "./_decode_string.ts";
import { type Call, failed, pointer, word } from "./_trace_call.ts";
import {
  type Decoder,
  decoder,
  mostItems,
  outDecoder,
  readArray,
} from "./_trace_decoder.ts";
import { longSize, readStruct } from "./_trace_reader.ts";
import { struct, type Value } from "./_trace_value.ts";

/** A vector with what is in its buffers, up to so many bytes in all. */
export function readVector(
  call: Call,
  address: number,
  count: number,
  filled: number,
): Value {
  const size = 2 * longSize(call);
  let left = filled;
  return readArray(
    call,
    address,
    size,
    (call, address) => {
      const reader = readStruct(call, address, size);
      if (reader === undefined) return undefined;
      const base = reader.address();
      const iov_len = reader.ulong();
      const used = Math.min(left, Number(iov_len));
      left -= used;
      const iov_base = readBuffer(call, base, used) ?? pointer(base);
      return struct({ iov_base, iov_len });
    },
    count,
    mostItems(call),
  );
}

/** A vector of addresses, with nothing of what is there. */
function readAddresses(call: Call, address: number, count: number): Value {
  const size = 2 * longSize(call);
  return readArray(
    call,
    address,
    size,
    (call, address) => {
      const reader = readStruct(call, address, size);
      if (reader === undefined) return undefined;
      const iov_base = pointer(reader.address());
      return struct({ iov_base, iov_len: reader.ulong() });
    },
    count,
    mostItems(call),
  );
}

/** A vector whose buffers the call reads; the next argument is its length. */
export const vectorIn: Decoder = decoder((call, index) =>
  readVector(call, word(call, index), word(call, index + 1), Infinity)
);

/** A vector whose buffers the call fills; its result is how much of them. */
export const vectorOut: Decoder = outDecoder((call, index) => {
  const [address, count] = [word(call, index), word(call, index + 1)];
  return failed(call)
    ? readAddresses(call, address, count)
    : readVector(call, address, count, call.result);
});

/** A vector of another process. */
export const vectorElsewhere: Decoder = decoder((call, index) =>
  readAddresses(call, word(call, index), word(call, index + 1))
);
