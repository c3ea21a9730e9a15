/**
 * The log of what is observed: as strace writes it, without what is in memory.
 *
 * @module
 */

import { lazySymbols } from "@procctl/libc/library";
import type {
  EnterEvent,
  ExecEvent,
  ExitEvent,
  ObservedEvent,
} from "@procctl/observe/event";
import { isRestart } from "@procctl/syscalls";
import { printable } from "./_text.ts";
import { observedEnter, observedExit } from "./_trace_observed_call.ts";
import type { LogOutput } from "./_trace_output.ts";
import { planOf } from "./_trace_plan.ts";
import { prefixOf, suffixOf } from "./_trace_prefix.ts";
import type { TraceSettings } from "./_trace_settings.ts";
import {
  type SyscallEventLike,
  TracedCall,
  TracedTask,
} from "./_trace_task.ts";
import { TextLog } from "./_trace_text.ts";

const libc = lazySymbols({
  // int clock_gettime(clockid_t clockid, struct timespec *tp)
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
});

const CLOCK_MONOTONIC = 1;
/** Nobody tells how a task ended. */
const UNKNOWN = { code: undefined, signal: undefined, coreDumped: false };

/** Writes what is observed as lines. */
export class ObservedText {
  readonly #output: LogOutput;
  readonly #log: TextLog;
  readonly #call: TracedCall;
  readonly #tasks = new Map<number, TracedTask>();
  /** The calls that tasks are in. */
  readonly #open = new Map<TracedTask, SyscallEventLike>();
  /** The start of the observation, in milliseconds since 1970. */
  readonly #start: number;
  /** The time of the event, in nanoseconds since then. */
  #time = 0;

  /**
   * Writes nothing yet.
   *
   * @param startTime What times are counted from, by the monotonic clock.
   */
  constructor(
    settings: TraceSettings,
    output: LogOutput,
    startTime: bigint,
  ) {
    const now = performance.timeOrigin + performance.now();
    this.#start = now - Number(monotonicTime() - startTime) / 1e6;
    this.#output = output;
    const prefix = prefixOf(
      settings,
      () => this.#tasks.size,
      () => this.#start + this.#time / 1e6,
    );
    const suffix = suffixOf(settings);
    const endings = settings.quiet < 2;
    this.#log = new TextLog({ ...settings, endings, prefix, suffix }, output);
    this.#call = new TracedCall(settings, false);
  }

  /** Adds what was observed. */
  add(event: ObservedEvent): void {
    this.#time = event.time;
    switch (event.kind) {
      case "enter":
        return this.#enter(event);
      case "exit":
        return this.#exit(event);
      case "fork":
        // It is told by the call that made it.
        return;
      case "exec":
        return this.#exec(event);
      case "end":
        return this.#end(event.tid);
      case "lost":
        return this.#lose(event.count);
    }
  }

  /** Ends the log. */
  close(): void {
    this.#log.close();
  }

  #taskOf(tid: number, pid: number): TracedTask {
    let task = this.#tasks.get(tid);
    if (task === undefined) {
      this.#tasks.set(tid, task = new TracedTask(tid, pid));
    }
    return task;
  }

  #enter(event: EnterEvent): void {
    const task = this.#taskOf(event.tid, event.pid);
    const call = observedEnter(event);
    this.#open.set(task, call);
    this.#call.look(call, 0n);
    task.remark = "";
    task.args.enter(planOf(this.#call.name, this.#call.arch), this.#call);
    this.#log.enter(task, this.#call);
  }

  #exit(event: ExitEvent): void {
    const task = this.#taskOf(event.tid, event.pid);
    const { result, duration = 0 } = event;
    const begun = this.#open.get(task);
    this.#call.look(begun ?? observedExit(event), result);
    if (begun === undefined) this.#enterUnseen(task);
    else task.args.exit(this.#call);
    this.#open.delete(task);
    if (isRestart(result)) task.interrupted = event.name;
    this.#log.exit(task, this.#call, result, duration / 1e6);
    task.remark = "";
  }

  /** Of a call that began before it was observed no argument is known. */
  #enterUnseen(task: TracedTask): void {
    task.args.plan = planOf(this.#call.name, this.#call.arch);
    task.args.count = 0;
    task.args.after.length = 0;
    task.shown = 0;
  }

  #exec({ tid, pid, path, formerTid }: ExecEvent): void {
    if (formerTid !== tid) this.#supersede(tid, formerTid);
    // Its call is about to return.
    this.#taskOf(tid, pid).remark = ` (${printable(path)})`;
  }

  /** A thread that executes a program gets the number of its process. */
  #supersede(tid: number, formerTid: number): void {
    const thread = this.#tasks.get(formerTid);
    const leader = this.#tasks.get(tid);
    if (leader !== undefined) {
      this.#abandon(leader);
      this.#log.supersede(leader, formerTid);
    }
    this.#tasks.delete(formerTid);
    if (thread === undefined) return;
    thread.tid = tid;
    this.#tasks.set(tid, thread);
  }

  #abandon(task: TracedTask): void {
    if (this.#open.delete(task)) this.#log.abandon(task);
  }

  #end(tid: number): void {
    const task = this.#tasks.get(tid);
    if (task === undefined) return;
    this.#abandon(task);
    this.#log.end(task, UNKNOWN);
    this.#tasks.delete(tid);
  }

  /** Whether calls that began have returned is not known then. */
  #lose(count: number): void {
    this.#log.interrupt();
    this.#open.clear();
    this.#output.write(`--- ${count} events lost ---\n`);
  }
}

/** The kernel's monotonic clock, in nanoseconds. */
function monotonicTime(): bigint {
  const time = new BigInt64Array(2);
  libc.clock_gettime(CLOCK_MONOTONIC, time);
  return time[0]! * 1_000_000_000n + time[1]!;
}
