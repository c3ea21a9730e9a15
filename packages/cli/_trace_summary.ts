/**
 * How often system calls are made, how often they fail, and how long they take.
 *
 * @module
 */

import { type Call, failed } from "./_trace_call.ts";
import type { TraceLog } from "./_trace_log.ts";
import type { LogOutput } from "./_trace_output.ts";
import type { Engine } from "./_trace_settings.ts";
import type { TracedTask } from "./_trace_task.ts";

/** What is counted of a call. */
export interface Count {
  name: string;
  calls: number;
  errors: number;
  /** In milliseconds. */
  time: number;
}

/** Counts calls, and writes a table of them at the end. */
export class SummaryLog implements TraceLog {
  readonly #output: LogOutput;
  readonly #counts = new Map<string, Count>();

  constructor(output: LogOutput) {
    this.#output = output;
  }

  /** A call ends. */
  exit(_task: TracedTask, call: Call, _result: bigint, duration: number): void {
    const count = this.#countOf(call.name);
    count.calls++;
    count.time += duration;
    if (failed(call)) count.errors++;
  }

  /** The trace is over. */
  close(): void {
    this.#output.write(formatSummary([...this.#counts.values()], "ptrace"));
  }

  #countOf(name: string): Count {
    let count = this.#counts.get(name);
    if (count === undefined) {
      count = { name, calls: 0, errors: 0, time: 0 };
      this.#counts.set(name, count);
    }
    return count;
  }
}

/** Writes a table of counts, that of the longest time first. */
export function formatSummary(
  counts: readonly Count[],
  engine: Engine,
): string {
  if (counts.length === 0) return "";
  const sum = { name: "total", calls: 0, errors: 0, time: 0 };
  for (const { calls, errors, time } of counts) {
    sum.calls += calls;
    sum.errors += errors;
    sum.time += time;
  }
  const rule = "------ ----------- ----------- --------- --------- " +
    "----------------\n";
  const rows = counts.toSorted((a, b) => b.time - a.time)
    .map((it) => row(it, sum.time)).join("");
  return "% time     seconds  usecs/call     calls    errors syscall\n" + rule +
    rows + rule + row(sum, sum.time) + `Engine: ${engine}\n`;
}

function row({ name, calls, errors, time }: Count, total: number): string {
  const columns = [
    (total === 0 ? 0 : time / total * 100).toFixed(2).padStart(6),
    (time / 1e3).toFixed(6).padStart(11),
    String(Math.floor(time * 1e3 / calls)).padStart(11),
    String(calls).padStart(9),
    (errors === 0 ? "" : String(errors)).padStart(9),
    name,
  ];
  return `${columns.join(" ")}\n`;
}
