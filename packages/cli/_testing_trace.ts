import type { SyscallArch } from "@procctl/syscalls";
import type { Detail } from "./_trace_call.ts";
import { planOf } from "./_trace_plan.ts";
import type { Quoting } from "./_trace_quote.ts";
import { TracedCall, TracedTask } from "./_trace_task.ts";
import { TextLog } from "./_trace_text.ts";

/** A system call that nobody made. */
export interface MadeUpCall {
  name: string;
  /** What the registers hold; others hold 0. */
  args?: readonly (number | bigint)[];
  /** What is in memory at some addresses when the call begins. */
  memory?: Readonly<Record<number, Uint8Array | string>>;
  /** What is there when it ends, if that is something else. */
  after?: Readonly<Record<number, Uint8Array | string>>;
  /** What it returns. @default {0} */
  result?: number | bigint;
  arch?: SyscallArch;
  stackPointer?: bigint;
  detail?: Partial<Detail>;
  quoting?: Quoting;
  names?: boolean;
}

/** Decodes a made-up call, and returns its line without the column's blanks. */
export function decodeLine(call: MadeUpCall): string {
  let text = "";
  const log = new TextLog({
    quoting: call.quoting ?? "escapes",
    column: 0,
    names: call.names ?? false,
    numbers: false,
    endings: true,
    prefix: () => "",
    suffix: () => "",
  }, { write: (part) => text += part, pause: () => {}, flush: () => {} });
  const args = new BigUint64Array(6);
  call.args?.forEach((it, index) => args[index] = BigInt(it));
  let memory = call.memory ?? {};
  const event = {
    tid: 1,
    nr: 0,
    name: call.name,
    abi: call.arch ?? "x86_64",
    args,
    stackPointer: call.stackPointer ?? 0n,
    readInto(address: number, bytes: Uint8Array<ArrayBuffer>) {
      const found = readFrom(memory, address, bytes.length);
      bytes.set(found);
      return found.length;
    },
  };
  const task = new TracedTask(1);
  const traced = new TracedCall(
    { limit: 32, verbose: false, ...call.detail },
    true,
  );
  traced.look(event, 0n);
  task.args.enter(planOf(call.name, event.abi), traced);
  log.enter(task, traced);
  memory = { ...memory, ...call.after };
  const result = BigInt(call.result ?? 0);
  traced.look(event, result);
  task.args.exit(traced);
  log.exit(task, traced, result, 0);
  return text.trimEnd();
}

function readFrom(
  memory: Readonly<Record<number, Uint8Array | string>>,
  address: number,
  length: number,
): Uint8Array<ArrayBuffer> {
  for (const [start, contents] of Object.entries(memory)) {
    const bytes = typeof contents === "string"
      ? new TextEncoder().encode(`${contents}\0`)
      : contents;
    const from = address - Number(start);
    if (from < 0 || from >= bytes.length) continue;
    return new Uint8Array(bytes.subarray(from, from + length));
  }
  return new Uint8Array(0);
}

/** The bytes of numbers of 16, 32 and 64 bits, such as `[1, "u32"]`. */
export function layOut(
  ...members: readonly (readonly [number | bigint, "u16" | "u32" | "u64"])[]
): Uint8Array {
  const view = new DataView(new ArrayBuffer(512));
  let at = 0;
  for (const [value, type] of members) {
    if (type === "u16") view.setUint16(at, Number(value), true);
    else if (type === "u32") view.setUint32(at, Number(value), true);
    else view.setBigUint64(at, BigInt(value), true);
    at += { u16: 2, u32: 4, u64: 8 }[type];
  }
  return new Uint8Array(view.buffer, 0, at);
}

/** The bytes of longs. */
export function longs(...values: readonly (number | bigint)[]): Uint8Array {
  return layOut(...values.map((it) => [it, "u64"] as const));
}
