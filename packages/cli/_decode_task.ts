/**
 * What a task is and may: users, groups, prctl(2).
 *
 * @module
 */

import { type ConstantTable, formatConstant } from "@procctl/syscalls";
import { readText } from "./_decode_string.ts";
import {
  type Call,
  failed,
  hex,
  int,
  pointer,
  uint,
  word,
} from "./_trace_call.ts";
import {
  at,
  type Decoder,
  decoder,
  mostItems,
  outDecoder,
  output,
  readArray,
  type ReadAt,
  readInt,
  readUint,
  single,
} from "./_trace_decoder.ts";
import { readStruct } from "./_trace_reader.ts";
import type { Value } from "./_trace_value.ts";

/** A number without a sign that the call fills. */
export const uintOut: Decoder = output(single(readUint));

const readUint16: ReadAt = (call, address) =>
  readStruct(call, address, 2)?.u16();
/** The same of 16 bits, as i386's first calls have it. */
export const shortOut: Decoder = output(single(readUint16));

/** Groups that the call sets; the argument before is how many. */
export const groupsIn: Decoder = decoder((call, index) =>
  readArray(
    call,
    word(call, index),
    4,
    readUint,
    uint(call, index - 1),
    mostItems(call),
  )
);

/** Groups that the call tells; the result is how many. */
export const groupsOut: Decoder = outDecoder((call, index) => {
  const address = word(call, index);
  if (failed(call) || uint(call, index - 1) === 0) return pointer(address);
  return readArray(call, address, 4, readUint, call.result, mostItems(call));
});

const MEMBARRIER_CMD_FLAG_CPU = 1;

/** The processor of membarrier(2), taken only if the flags before it say so. */
export const barrierProcessor: Decoder = decoder((call, index) =>
  uint(call, index - 1) & MEMBARRIER_CMD_FLAG_CPU ? int(call, index) : undefined
);

/** What an argument of prctl(2) is. */
type Kind = ConstantTable | "number" | "hex" | "name" | "name-out" | "int-out";

/** The length of the name of a task, with its NUL. */
const NAME_SIZE = 16;

/** The arguments of the options of prctl(2) that take other than five words. */
const PRCTL: Readonly<Record<string, readonly Kind[]>> = {
  PR_SET_NAME: ["name"],
  PR_GET_NAME: ["name-out"],
  PR_SET_PDEATHSIG: ["signals"],
  PR_GET_PDEATHSIG: ["int-out"],
  PR_GET_DUMPABLE: [],
  PR_SET_DUMPABLE: ["number"],
  PR_GET_KEEPCAPS: [],
  PR_SET_KEEPCAPS: ["number"],
  PR_GET_SECUREBITS: [],
  PR_SET_SECUREBITS: ["hex"],
  PR_GET_TIMERSLACK: [],
  PR_SET_TIMERSLACK: ["number"],
  PR_GET_TIMING: [],
  PR_SET_TIMING: ["number"],
  PR_GET_SECCOMP: [],
  PR_CAPBSET_READ: ["capabilities"],
  PR_CAPBSET_DROP: ["capabilities"],
  PR_TASK_PERF_EVENTS_DISABLE: [],
  PR_TASK_PERF_EVENTS_ENABLE: [],
  PR_GET_CHILD_SUBREAPER: ["int-out"],
  PR_SET_CHILD_SUBREAPER: ["number"],
  PR_GET_TID_ADDRESS: ["hex"],
  PR_SET_SECCOMP: ["seccomp_modes", "hex"],
  PR_SET_NO_NEW_PRIVS: ["number", "hex", "hex", "hex"],
  PR_GET_NO_NEW_PRIVS: ["hex", "hex", "hex", "hex"],
  PR_SET_THP_DISABLE: ["number", "hex", "hex", "hex"],
  PR_GET_THP_DISABLE: ["hex", "hex", "hex", "hex"],
};

function kindOf(call: Call, index: number): Kind | undefined {
  const option = formatConstant(int(call, 0), "prctl_options", call.arch);
  const known = Object.hasOwn(PRCTL, option) ? PRCTL[option] : undefined;
  return known === undefined ? "hex" : known[index - 1];
}

/** Any argument of prctl(2) but the first. */
export const prctlArgument: Decoder = {
  out: (call, index) => kindOf(call, index)?.endsWith("-out") ?? false,
  decode(call, index): Value | undefined {
    const kind = kindOf(call, index);
    const address = word(call, index);
    switch (kind) {
      case undefined:
        return undefined;
      case "hex":
        return hex(address);
      case "number":
        return address;
      case "name":
        return at(call, address, readName);
      case "name-out":
        return failed(call) ? pointer(address) : at(call, address, readName);
      case "int-out":
        return failed(call)
          ? pointer(address)
          : at(call, address, single(readInt));
      default:
        return formatConstant(uint(call, index), kind, call.arch);
    }
  },
};

const readName: ReadAt = (call, address) =>
  readText(call, address, Math.min(NAME_SIZE - 1, call.detail.limit));

const DUMPABLE = ["SUID_DUMP_DISABLE", "SUID_DUMP_USER", "SUID_DUMP_ROOT"];

/** What is told of the result of prctl(2). */
export function prctlResult(call: Call): string | undefined {
  if (failed(call)) return undefined;
  const option = formatConstant(int(call, 0), "prctl_options", call.arch);
  if (option === "PR_GET_DUMPABLE") return DUMPABLE[call.result];
  if (option === "PR_GET_SECCOMP") {
    return formatConstant(call.result, "seccomp_modes", call.arch);
  }
  return undefined;
}
