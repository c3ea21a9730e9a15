/**
 * futex(2), whose arguments mean what its operation says.
 *
 * @module
 */

import { readTimespec, readTimespec64 } from "./_decode_time.ts";
import {
  type Call,
  hex,
  int,
  isWide,
  pointer,
  uint,
  word,
} from "./_trace_call.ts";
import { at, type Decoder, decoder } from "./_trace_decoder.ts";
import type { Value } from "./_trace_value.ts";

/** What the arguments from the third on are, by the operation. */
type Arguments =
  readonly (((call: Call, index: number) => Value) | undefined)[];

const value = (call: Call, index: number) => uint(call, index);
const bits = (call: Call, index: number) =>
  uint(call, index) === 0xffff_ffff
    ? "FUTEX_BITSET_MATCH_ANY"
    : hex(uint(call, index));
const place = (call: Call, index: number) => pointer(word(call, index));
const operation = (call: Call, index: number) => hex(uint(call, index));
const timeout = (call: Call, index: number) => {
  // Only where a long is short do the two calls differ.
  const large = isWide(call) || call.name === "futex_time64";
  return at(call, word(call, index), large ? readTimespec64 : readTimespec);
};
const none = undefined;

const ARGUMENTS: readonly Arguments[] = [
  /* FUTEX_WAIT */ [value, timeout],
  /* FUTEX_WAKE */ [value],
  /* FUTEX_FD */ [value],
  /* FUTEX_REQUEUE */ [value, value, place],
  /* FUTEX_CMP_REQUEUE */ [value, value, place, value],
  /* FUTEX_WAKE_OP */ [value, value, place, operation],
  /* FUTEX_LOCK_PI */ [none, timeout],
  /* FUTEX_UNLOCK_PI */ [],
  /* FUTEX_TRYLOCK_PI */ [],
  /* FUTEX_WAIT_BITSET */ [value, timeout, none, bits],
  /* FUTEX_WAKE_BITSET */ [value, none, none, bits],
  /* FUTEX_WAIT_REQUEUE_PI */ [value, timeout, place],
  /* FUTEX_CMP_REQUEUE_PI */ [value, value, place, value],
  /* FUTEX_LOCK_PI2 */ [none, timeout],
];
const COMMAND_MASK = 0x7f;
const FIRST = 2;

/** Any argument of futex(2) from the third on. */
export const futexArgument: Decoder = decoder((call, index) => {
  const known = ARGUMENTS[int(call, 1) & COMMAND_MASK];
  if (known === undefined) {
    return index === FIRST ? value(call, index) : hex(word(call, index));
  }
  return known[index - FIRST]?.(call, index);
});
