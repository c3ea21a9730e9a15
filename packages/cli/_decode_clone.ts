/**
 * How tasks are made: clone(2) and clone3(2).
 *
 * @module
 */

import { formatConstant } from "@procctl/syscalls";
import { signalName } from "./_decode_signal.ts";
import { type Call, failed, hex, pointer, uint, word } from "./_trace_call.ts";
import { type Decoder, outDecoder, readInt, single } from "./_trace_decoder.ts";
import { readStruct } from "./_trace_reader.ts";
import { list, type Struct, struct, type Value } from "./_trace_value.ts";

const CLONE_PIDFD = 0x1000;
const CLONE_SETTLS = 0x8_0000;
const CLONE_PARENT_SETTID = 0x10_0000;
const CLONE_CHILD_CLEARTID = 0x20_0000;
const CLONE_CHILD_SETTID = 0x100_0000;
const CLONE_INTO_CGROUP = 0x2_0000_0000;

/** Whether one of the flags is set, which are the first argument. */
function when(flags: number, other: Decoder): Decoder {
  return {
    // Only if it is there at all.
    out: () => true,
    decode: (call, index) =>
      (uint(call, 0) & flags) === 0 ? undefined : other.decode(call, index),
  };
}

/** Where the parent finds the number of the child. */
export const parentTid: Decoder = when(
  CLONE_PARENT_SETTID | CLONE_PIDFD,
  outDecoder((call, index) => tidAt(call, word(call, index))),
);

/** Where the child finds its number, and where it is cleared at its end. */
export const childTid: Decoder = when(
  CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID,
  outDecoder((call, index) => pointer(word(call, index))),
);

/** The area of the child's thread-local variables. */
export const tls: Decoder = when(
  CLONE_SETTLS,
  outDecoder((call, index) => hex(word(call, index))),
);

function tidAt(call: Call, address: number): Value {
  if (failed(call) || address === 0) return pointer(address);
  return single(readInt)(call, address) ?? pointer(address);
}

/** What is left out here if it is 0, beside what the flags tell. */
function cloneArgs(call: Call, address: number): Struct | undefined {
  const size = word(call, 1);
  const reader = readStruct(call, address, Math.min(size, 88));
  if (reader === undefined || size < 64) return undefined;
  const flags = reader.u64();
  const low = Number(BigInt(flags) & 0xffff_ffffn);
  const pidfd = pointer(reader.u64());
  const childTid = pointer(reader.u64());
  const parentTid = pointer(reader.u64());
  const signal = Number(reader.u64());
  const stack = pointer(reader.u64());
  const stackSize = hex(reader.u64());
  const tls = hex(reader.u64());
  const fields: Record<string, Value> = {
    flags: formatConstant(flags, "clone3_flags", call.arch),
  };
  if (low & CLONE_PIDFD) fields.pidfd = pidfd;
  if (low & (CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID)) {
    fields.child_tid = childTid;
  }
  if (low & CLONE_PARENT_SETTID) fields.parent_tid = parentTid;
  fields.exit_signal = signal === 0 ? 0 : signalName(signal);
  fields.stack = stack;
  fields.stack_size = stackSize;
  if (low & CLONE_SETTLS) fields.tls = tls;
  if (size >= 80) addTids(call, fields, reader.u64(), reader.u64());
  if (size >= 88 && BigInt(flags) & BigInt(CLONE_INTO_CGROUP)) {
    fields.cgroup = reader.u64();
  }
  return struct(fields);
}

function addTids(
  call: Call,
  fields: Record<string, Value>,
  tids: number | bigint,
  count: number | bigint,
): void {
  if (tids === 0 && count === 0) return;
  const items: Value[] = [];
  for (let i = 0; i < Math.min(Number(count), 32); i++) {
    const tid = readInt(call, Number(tids) + 4 * i);
    if (tid === undefined) break;
    items.push(tid);
  }
  fields.set_tid = items.length === 0 ? pointer(tids) : list(items);
  fields.set_tid_size = count;
}

/** `struct clone_args`, and what the call wrote to where it points. */
export const cloneArguments: Decoder = {
  out: false,
  decode(call, index) {
    const address = word(call, index);
    return cloneArgs(call, address) ?? pointer(address);
  },
  becomes: {
    out: (call, index) => writes(call, word(call, index)) !== 0,
    decode(call, index) {
      const address = word(call, index);
      const flags = failed(call) ? 0 : writes(call, address);
      const fields: Record<string, Value> = {};
      if (flags & CLONE_PIDFD) {
        fields.pidfd = tidAt(call, pointerAt(call, address + 8));
      }
      if (flags & CLONE_PARENT_SETTID) {
        fields.parent_tid = tidAt(call, pointerAt(call, address + 24));
      }
      return flags === 0 ? undefined : struct(fields);
    },
  },
};

/** Those of the flags by which the parent is told something. */
function writes(call: Call, address: number): number {
  const flags = readStruct(call, address, 4)?.u32() ?? 0;
  return flags & (CLONE_PIDFD | CLONE_PARENT_SETTID);
}

function pointerAt(call: Call, address: number): number {
  return Number(readStruct(call, address, 8)?.u64() ?? 0);
}
