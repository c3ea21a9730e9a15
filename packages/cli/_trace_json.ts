/**
 * The log of a trace as lines of JSON.
 *
 * @module
 */

import { isRestart, resultErrorName } from "@procctl/syscalls";
import { type Call, exact } from "./_trace_call.ts";
import type { Ending, TraceLog } from "./_trace_log.ts";
import type { LogOutput } from "./_trace_output.ts";
import { formatResult } from "./_trace_result.ts";
import type { TracedTask } from "./_trace_task.ts";
import {
  formatValue,
  type Struct,
  type Text,
  type Value,
} from "./_trace_value.ts";
import type {
  ArgumentRecord,
  DecodedValue,
  SyscallRecord,
  TaskRecord,
  TraceRecord,
} from "./trace_record.ts";

const MICROSECOND = 1e6;

/** What is known of a call since its entry. */
interface Begun {
  time: number;
  nr: number;
  abi: SyscallRecord["abi"];
  raw: string[];
}

/** Writes events as lines of JSON, calls when they end. */
export class JsonLog implements TraceLog {
  readonly #output: LogOutput;
  readonly #begun = new Map<TracedTask, Begun>();

  constructor(output: LogOutput) {
    this.#output = output;
  }

  /** A call begins. */
  enter(task: TracedTask, call: Call): void {
    const { nr, arch } = call;
    const raw = Array.from(
      { length: 6 },
      (_, index) => `0x${exact(call, index).toString(16)}`,
    );
    this.#begun.set(task, { time: now(), nr, abi: arch, raw });
  }

  /** A call ends. */
  exit(task: TracedTask, call: Call, result: bigint, duration: number): void {
    const record = this.#begin(task);
    const error = resultErrorName(call.result);
    record.result = String(result);
    if (error !== undefined) {
      record[isRestart(call.result) ? "restart" : "errno"] = error;
    }
    record.text = formatResult(call, task.args.plan.result, result) +
      task.remark;
    record.duration = Math.round(duration * 1e3) / MICROSECOND;
    this.#print(record);
  }

  /** A call will not end. */
  abandon(task: TracedTask): void {
    this.#print(this.#begin(task));
  }

  /** A signal is delivered. */
  signal(task: TracedTask, name: string, info: Struct): void {
    this.#print({
      kind: "signal",
      ...base(task),
      signal: name,
      info: members(info),
    });
  }

  /** A signal has stopped a task. */
  stop(task: TracedTask, signal: string): void {
    this.#print({ kind: "stop", ...base(task), signal });
  }

  /** A task executes a program. */
  exec(task: TracedTask, path: string): void {
    this.#print({ kind: "exec", ...base(task), path });
  }

  /** A thread of a task's process takes its place. */
  supersede(task: TracedTask, by: number): void {
    this.#print({ kind: "superseded", ...base(task), by });
  }

  /** There is a new task. */
  start(task: TracedTask, parent: number, how: TaskRecord["how"]): void {
    this.#print({ kind: "task", ...base(task), parent, how });
  }

  /** A task has ended. */
  end(task: TracedTask, { code, signal, coreDumped }: Ending): void {
    this.#print({
      kind: "exit",
      ...base(task),
      code: code ?? null,
      signal: signal ?? null,
      coreDumped,
    });
  }

  /** Ends the log: calls of tasks that were let go have not ended. */
  close(): void {
    for (const task of this.#begun.keys()) this.abandon(task);
  }

  /** Nothing more happens for a while: what there is can be read. */
  idle(): void {
    this.#output.flush();
  }

  #begin(task: TracedTask): SyscallRecord {
    const { time, nr, abi, raw } = this.#begun.get(task)!;
    this.#begun.delete(task);
    const { name } = task.args.plan;
    const args = argumentsOf(task, raw);
    return {
      kind: "syscall",
      ...base(task),
      ...{ time, name, nr, abi, args },
      result: null,
      text: "?",
      duration: 0,
    };
  }

  #print(record: TraceRecord): void {
    this.#output.write(`${JSON.stringify(record)}\n`);
    this.#output.pause();
  }
}

/** The time in seconds since 1970, to the microsecond. */
function now(): number {
  const milliseconds = performance.timeOrigin + performance.now();
  return Math.round(milliseconds * 1e3) / MICROSECOND;
}

function base({ pid, tid }: TracedTask): {
  time: number;
  pid: number;
  tid: number;
} {
  return { time: now(), pid, tid };
}

function argumentsOf(
  { args: { plan, values, after, count } }: TracedTask,
  raw: readonly string[],
): ArgumentRecord[] {
  const records: ArgumentRecord[] = [];
  for (const [place, { name, type, index }] of plan.parameters.entries()) {
    const value = place < count ? values[place] : undefined;
    if (value === undefined) continue;
    const became = after[place];
    records.push({
      name,
      type,
      raw: raw[index]!,
      value: toJson(value),
      ...(became !== undefined && { after: toJson(became) }),
    });
  }
  return records;
}

/** A decoded value as JSON has it. */
function toJson(value: Value): DecodedValue {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object") return value;
  switch (value.kind) {
    case "text":
      return textToJson(value);
    case "macro":
      return formatValue(value, "escapes");
    case "struct":
      return { kind: "struct", members: members(value), more: value.more };
    case "list":
      return { kind: "list", items: value.items.map(toJson), more: value.more };
    case "remark":
      return {
        kind: "remark",
        value: toJson(value.value),
        remark: value.remark,
      };
    case "change":
      return {
        kind: "change",
        before: toJson(value.before),
        after: toJson(value.after),
      };
  }
}

function members({ fields }: Struct): Record<string, DecodedValue> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name.replace(/^!/, ""),
      toJson(value),
    ]),
  );
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strict = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

function textToJson({ bytes, more, abstract }: Text): DecodedValue {
  const sign = abstract ? "@" : "";
  try {
    return { kind: "text", text: sign + strict.decode(bytes), more };
  } catch {
    const text = sign + decoder.decode(bytes);
    const hex = bytes.toHex();
    return { kind: "text", text, hex, more };
  }
}
