/**
 * How the arguments of each system call are decoded, and when.
 *
 * @module
 */

import { type SyscallArch, syscallSignature } from "@procctl/syscalls";
import type { Call } from "./_trace_call.ts";
import { type Decoder, hexWord } from "./_trace_decoder.ts";
import { decoderOf } from "./_trace_decoders.ts";
import { frameMask } from "./_decode_signal.ts";
import { type ResultForm, resultFormOf } from "./_trace_result.ts";
import type { Value } from "./_trace_value.ts";

/** How the arguments of a system call are decoded. */
export interface Plan {
  readonly name: string;
  /** In the order in which they are written. */
  readonly parameters: readonly PlannedParameter[];
  /** Those that are looked at before the call replaces what is there. */
  readonly peeking: readonly PlannedParameter[];
  readonly result: ResultForm;
}

/** A parameter, and what decodes it. */
export interface PlannedParameter {
  readonly name: string;
  readonly type: string;
  /** The index of its register. */
  readonly index: number;
  readonly decoder: Decoder;
  /** What strace always writes before it, as with clone(2). */
  readonly label?: string;
}

/** Parameters that strace writes in an order of its own, with names. */
const ORDERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  clone: {
    newsp: "child_stack",
    clone_flags: "flags",
    parent_tidptr: "parent_tid",
    tls: "tls",
    tls_val: "tls",
    child_tidptr: "child_tidptr",
  },
};

const plans = new Map<SyscallArch, Map<string, Plan>>();

/** The plan of a call. */
export function planOf(name: string, arch: SyscallArch): Plan {
  let ofArch = plans.get(arch);
  if (ofArch === undefined) plans.set(arch, ofArch = new Map());
  let plan = ofArch.get(name);
  if (plan === undefined) ofArch.set(name, plan = makePlan(name, arch));
  return plan;
}

function makePlan(name: string, arch: SyscallArch): Plan {
  const signature = syscallSignature(name, arch);
  const parameters = signature === undefined
    ? unknownParameters()
    : name === "rt_sigreturn"
    ? [{ name: "mask", type: "sigset_t", index: 0, decoder: frameMask }]
    : inOrder(
      name,
      signature.parameters.map(({ name, type }, index) => ({
        name,
        type,
        index,
        decoder: decoderOf(signature, index, arch),
      })),
    );
  const peeking = parameters.filter(({ decoder }) => decoder.peek);
  const result = resultFormOf(name, signature?.result);
  return { name, parameters, peeking, result };
}

function inOrder(
  call: string,
  parameters: readonly PlannedParameter[],
): readonly PlannedParameter[] {
  const order = Object.hasOwn(ORDERS, call) ? ORDERS[call] : undefined;
  if (order === undefined) return parameters;
  return Object.entries(order).flatMap(([name, label]) =>
    parameters.filter((it) => it.name === name)
      .map((it) => ({ ...it, label: `${label}=` }))
  );
}

/** Those of a call that nobody knows: its registers as they are. */
function unknownParameters(): readonly PlannedParameter[] {
  return Array.from({ length: 6 }, (_, index) => ({
    name: `arg${index + 1}`,
    type: "unsigned long",
    index,
    decoder: hexWord,
  }));
}

/** The arguments of a call, as far as they are decoded. */
export class DecodedArguments {
  plan!: Plan;
  /** By their place in the plan; undefined are those that are not taken. */
  readonly values: (Value | undefined)[] = [];
  /** What the call made of them, where their decoder tells. */
  readonly after: (Value | undefined)[] = [];
  /** How many are decoded. */
  count = 0;
  readonly #before: (number | undefined)[] = [];

  /** Decodes what is known at the call's entry. */
  enter(plan: Plan, call: Call): void {
    this.plan = plan;
    this.count = 0;
    this.after.length = 0;
    for (const { decoder, index } of plan.peeking) {
      this.#before[index] = decoder.peek!(call, index);
    }
    const { parameters } = plan;
    while (this.count < parameters.length) {
      const { decoder, index } = parameters[this.count]!;
      if (isOut(decoder, call, index)) return;
      this.values[this.count++] = decoder.decode(call, index);
      const { becomes } = decoder;
      if (becomes !== undefined && isOut(becomes, call, index)) return;
    }
  }

  /** Decodes the rest at the call's exit. */
  exit(call: Call): void {
    const { parameters } = this.plan;
    const last = parameters[this.count - 1];
    if (last?.decoder.becomes !== undefined) {
      this.after[this.count - 1] = last.decoder.becomes.decode(
        call,
        last.index,
      );
    }
    for (; this.count < parameters.length; this.count++) {
      const { decoder, index } = parameters[this.count]!;
      this.values[this.count] = decoder.decode(
        call,
        index,
        this.#before[index],
      );
    }
  }
}

function isOut({ out }: Decoder, call: Call, index: number): boolean {
  return typeof out === "boolean" ? out : out(call, index);
}
