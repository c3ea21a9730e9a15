import type { Call } from "./_trace_call.ts";
import type { TracedTask } from "./_trace_task.ts";
import type { Struct } from "./_trace_value.ts";

/** How a task ended; neither by status nor by signal if that is not known. */
export interface Ending {
  /** Its exit status, unless a signal ended it. */
  code: number | undefined;
  /** The signal. */
  signal: string | undefined;
  coreDumped: boolean;
}

/** What is done with what a trace tells. */
export interface TraceLog {
  /** A call begins. What is known of its arguments is decoded. */
  enter?(task: TracedTask, call: Call): void;
  /**
   * A call ends.
   *
   * @param result What it returned, all bits of it.
   * @param duration How long it took, in milliseconds.
   */
  exit?(task: TracedTask, call: Call, result: bigint, duration: number): void;
  /** A call will not end: the task does. */
  abandon?(task: TracedTask): void;
  /** A signal is delivered. */
  signal?(task: TracedTask, name: string, info: Struct): void;
  /** A signal has stopped the task. */
  stop?(task: TracedTask, signal: string): void;
  /** The task executes a program. */
  exec?(task: TracedTask, path: string): void;
  /** The task is gone, as a thread of its process executed a program. */
  supersede?(task: TracedTask, by: number): void;
  /** There is a new task. */
  start?(task: TracedTask, parent: number, how: string): void;
  /** The task has ended. */
  end?(task: TracedTask, ending: Ending): void;
  /** Nothing more happens for a while. */
  idle?(): void;
  /** The trace is over. */
  close?(): void;
}
