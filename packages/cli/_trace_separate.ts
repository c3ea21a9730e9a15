import type { Call } from "./_trace_call.ts";
import type { Ending, TraceLog } from "./_trace_log.ts";
import type { TraceOutput } from "./_trace_output.ts";
import type { TracedTask } from "./_trace_task.ts";
import type { TextLog } from "./_trace_text.ts";
import type { Struct } from "./_trace_value.ts";

/** The log of one task, and where it is written to. */
interface TaskLog {
  log: TextLog;
  output: TraceOutput;
}

/** Writes a log for each task by itself, as `-ff` asks for. */
export class SeparateLogs implements TraceLog {
  readonly #open: (tid: number) => TaskLog;
  /** By the numbers of tasks, as a thread that executes a program takes one over. */
  readonly #logs = new Map<number, TaskLog>();

  constructor(open: (tid: number) => TaskLog) {
    this.#open = open;
  }

  /** A call begins. */
  enter(task: TracedTask, call: Call): void {
    this.#of(task).enter(task, call);
  }

  /** A call ends. */
  exit(task: TracedTask, call: Call, result: bigint, duration: number): void {
    this.#of(task).exit(task, call, result, duration);
  }

  /** A call will not end. */
  abandon(task: TracedTask): void {
    this.#of(task).abandon(task);
  }

  /** A signal is delivered. */
  signal(task: TracedTask, name: string, info: Struct): void {
    this.#of(task).signal(task, name, info);
  }

  /** A signal has stopped a task. */
  stop(task: TracedTask, signal: string): void {
    this.#of(task).stop(task, signal);
  }

  /** A thread of a task's process takes its place, and goes on in its log. */
  supersede(task: TracedTask, by: number): void {
    this.#of(task).supersede(task, by);
    this.#logs.get(by)?.log.interrupt();
    this.#close(by);
  }

  /** A task has ended. */
  end(task: TracedTask, ending: Ending): void {
    this.#of(task).end(task, ending);
    this.#close(task.tid);
  }

  /** Nothing more happens for a while. */
  idle(): void {
    for (const { output } of this.#logs.values()) output.flush();
  }

  /** The trace is over. */
  close(): void {
    for (const tid of this.#logs.keys()) this.#close(tid);
  }

  #of({ tid }: TracedTask): TextLog {
    let found = this.#logs.get(tid);
    if (found === undefined) {
      found = this.#open(tid);
      this.#logs.set(tid, found);
    }
    return found.log;
  }

  #close(tid: number): void {
    const found = this.#logs.get(tid);
    if (found === undefined) return;
    this.#logs.delete(tid);
    found.log.close();
    found.output[Symbol.dispose]();
  }
}
