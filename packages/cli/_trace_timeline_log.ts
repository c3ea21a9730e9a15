import { type Call, exact, pointer } from "./_trace_call.ts";
import type { TraceLog } from "./_trace_log.ts";
import type { DecodedArguments, PlannedParameter } from "./_trace_plan.ts";
import type { Quoting } from "./_trace_quote.ts";
import type { TracedTask } from "./_trace_task.ts";
import type { Timelines } from "./_trace_timelines.ts";
import { formatValue, type Value } from "./_trace_value.ts";

/** Gives what ptrace(2) tells to timelines. */
export class TimelineLog implements TraceLog {
  readonly #timelines: Timelines;
  readonly #quoting: Quoting;
  /** The processes of tasks, by the numbers of these. */
  readonly #pids = new Map<number, number>();
  /** The task that a thread's execve(2) has just taken the place of. */
  #superseding: number | undefined;

  constructor(timelines: Timelines, quoting: Quoting) {
    this.#timelines = timelines;
    this.#quoting = quoting;
  }

  /** A call begins. */
  enter(task: TracedTask, call: Call): void {
    const { name } = call;
    const text = argumentsBefore(task.args, call, this.#quoting);
    const args = Array.from({ length: 6 }, (_, index) => exact(call, index));
    this.#timelines.add({ kind: "enter", ...this.#at(task), name, args, text });
  }

  /** A call ends. */
  exit(task: TracedTask, { name }: Call, result: bigint): void {
    this.#timelines.add({ kind: "exit", ...this.#at(task), name, result });
  }

  /** A thread of a task's process takes its place. */
  supersede(_task: TracedTask, by: number): void {
    this.#superseding = by;
  }

  /** A task executes a program. */
  exec(task: TracedTask, path: string): void {
    const formerTid = this.#superseding ?? task.tid;
    this.#superseding = undefined;
    this.#timelines.add({ kind: "exec", ...this.#at(task), path, formerTid });
  }

  /** There is a new task. */
  start(task: TracedTask, parent: number): void {
    const { time } = this.#at(task);
    // It is 0 if it was killed meanwhile.
    if (parent === 0) return;
    this.#timelines.add({
      kind: "fork",
      time,
      tid: parent,
      pid: this.#pids.get(parent) ?? parent,
      childTid: task.tid,
      childPid: task.pid,
    });
  }

  /** A task has ended. */
  end(task: TracedTask): void {
    this.#timelines.add({ kind: "end", ...this.#at(task) });
    this.#pids.delete(task.tid);
  }

  /** The trace is over. */
  close(): void {
    this.#timelines.close();
  }

  #at({ tid, pid }: TracedTask): { time: number; tid: number; pid: number } {
    this.#pids.set(tid, pid);
    return { time: performance.now() * 1e6, tid, pid };
  }
}

/** All arguments, as far as they are known before the call has filled any. */
export function argumentsBefore(
  { plan, values, count }: DecodedArguments,
  call: Call,
  quoting: Quoting,
): string {
  return plan.parameters
    .map((it, place) => place < count ? values[place] : valueBefore(it, call))
    .filter((value) => value !== undefined)
    .map((value) => formatValue(value, quoting))
    .join(", ");
}

function valueBefore(
  { decoder, index }: PlannedParameter,
  call: Call,
): Value | undefined {
  return decoder.out === false
    ? decoder.decode(call, index)
    : pointer(exact(call, index));
}
