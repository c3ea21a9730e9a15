/**
 * A trace: events are given to handlers, decoded, and given to logs.
 *
 * @module
 */

import type {
  ExecEvent,
  ExitEvent,
  NewTaskEvent,
  SignalEvent,
  SyscallEnterEvent,
  SyscallExitEvent,
  TracerEvent,
} from "@procctl/ptrace";
import { isRestart } from "@procctl/syscalls";
import { siginfo } from "./_decode_signal.ts";
import type { Detail } from "./_trace_call.ts";
import { firstExec } from "./_trace_first_exec.ts";
import type { Injection } from "./_trace_inject.ts";
import type { TraceLog } from "./_trace_log.ts";
import { planOf } from "./_trace_plan.ts";
import type { NameSet } from "./_trace_sets.ts";
import {
  type SyscallEventLike,
  TracedCall,
  TracedTask,
} from "./_trace_task.ts";
import type { TraceScript } from "./trace_script.ts";

/** What a trace is about. */
export interface SessionOptions {
  detail: Detail;
  /** The calls that are logged. */
  calls: NameSet;
  /** The signals that are logged. */
  signals: NameSet;
  /** Whether what the logs are told of calls needs their arguments. */
  decode: boolean;
  /** Whether logs look at arguments again when a call ends. */
  keeps: boolean;
  /** Whether it needs to be known how long calls take. */
  timed: boolean;
  injections: readonly Injection[];
  script: TraceScript | undefined;
  logs: readonly TraceLog[];
  /**
   * Tells that a task is traced from now on, or a process of several, which the
   * tool did not start.
   */
  attached(tid: number, threads: number): void;
}

/** Gives each event to whom it concerns. */
export class TraceSession {
  /** How many tasks there are. */
  get size(): number {
    return this.#tasks.size;
  }

  /** The numbers of the tasks. */
  get tids(): number[] {
    return [...this.#tasks.keys()];
  }

  readonly #options: SessionOptions;
  readonly #tasks = new Map<number, TracedTask>();
  readonly #call: TracedCall;
  /** Whether the tool has started a program, and its execve(2) is to be told. */
  #started = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#call = new TracedCall(options.detail, options.keeps);
  }

  /** Handles an event. */
  handle(event: TracerEvent): void {
    switch (event.kind) {
      case "syscall-enter":
        return this.#enter(event);
      case "syscall-exit":
        return this.#exit(event);
      case "signal":
        return this.#signal(event);
      case "group-stop": {
        const task = this.#taskOf(event);
        const { signal } = event;
        if (!has(this.#options.signals, signal)) return;
        for (const log of this.#options.logs) log.stop?.(task, signal);
        return;
      }
      case "exec":
        return this.#exec(event);
      case "new-task":
        return this.#start(event);
      case "exit":
        return this.#end(event);
    }
  }

  /** It is waited for an event that does not come at once. */
  idle(): void {
    for (const log of this.#options.logs) log.idle?.();
  }

  /** The trace is over. */
  close(): void {
    for (const log of this.#options.logs) log.close?.();
    this.#options.script?.done?.();
  }

  /** Begins to trace a task that the tool did not start. */
  adopt(tid: number, pid: number, threads = 1): void {
    if (this.#tasks.has(tid)) return;
    this.#tasks.set(tid, new TracedTask(tid, pid));
    this.#options.attached(tid, threads);
  }

  #taskOf({ tid, pid }: { tid: number; pid: number }): TracedTask {
    let task = this.#tasks.get(tid);
    if (task === undefined) {
      task = new TracedTask(tid, pid);
      this.#tasks.set(tid, task);
    }
    return task;
  }

  #enter(event: SyscallEnterEvent): void {
    const { calls, injections, script, logs } = this.#options;
    // It was none of those that are told.
    this.#started = false;
    const task = this.#taskOf(event);
    task.remark = "";
    const { name } = event;
    for (const injection of injections) {
      if (has(injection.calls, name)) task.remark += injection.enter(event);
    }
    if (script?.enter !== undefined) {
      const handlers = script.enter as Handlers<SyscallEnterEvent>;
      (handlers[name] ?? handlers.default)?.call(handlers, event);
    }
    task.inside = has(calls, name);
    if (!task.inside) return;
    this.#begin(task, event);
    for (const log of logs) log.enter?.(task, this.#call);
    if (this.#options.timed) task.enteredAt = performance.now();
  }

  #begin(task: TracedTask, event: SyscallEventLike): void {
    const call = this.#call;
    call.look(event, 0n);
    const plan = planOf(call.name, call.arch);
    if (this.#options.decode) task.args.enter(plan, call);
    else task.args.plan = plan;
  }

  #exit(event: SyscallExitEvent): void {
    const now = this.#options.timed ? performance.now() : 0;
    const task = this.#taskOf(event);
    const { injections, script } = this.#options;
    const { name } = event;
    if (this.#started) this.#enterFirst(task, event, now);
    for (const injection of injections) {
      if (injection.exit !== undefined && has(injection.calls, name)) {
        task.remark += injection.exit(event);
      }
    }
    if (script?.exit !== undefined) {
      const handlers = script.exit as Handlers<SyscallExitEvent>;
      (handlers[name] ?? handlers.default)?.call(handlers, event);
    }
    const { result } = event;
    const value = Number(result);
    if (value < 0 && isRestart(value)) task.interrupted = name;
    // What it was doing when it was attached to is not known.
    if (!task.inside) return;
    task.inside = false;
    const call = this.#call;
    call.look(event, result);
    if (this.#options.decode) task.args.exit(call);
    for (const log of this.#options.logs) {
      log.exit?.(task, call, result, now - task.enteredAt);
    }
  }

  /**
   * The execve(2) by which the tool started the program: its entry was seen by
   * nobody, so its arguments are those that the program has got.
   */
  #enterFirst(
    task: TracedTask,
    event: SyscallExitEvent,
    now: number,
  ): void {
    this.#started = false;
    if (!has(this.#options.calls, event.name)) return;
    this.#begin(task, firstExec(event));
    task.inside = true;
    for (const log of this.#options.logs) log.enter?.(task, this.#call);
    // Nobody knows how long it took.
    task.enteredAt = now;
  }

  #signal(event: SignalEvent): void {
    const task = this.#taskOf(event);
    const { script, signals, logs } = this.#options;
    script?.signal?.(event);
    if (!has(signals, event.signal)) return;
    const info = siginfo(event.info.bytes);
    const name = String(info.fields.si_signo);
    for (const log of logs) log.signal?.(task, name, info);
  }

  #exec(event: ExecEvent): void {
    const { tid, formerTid, path } = event;
    const { script, logs } = this.#options;
    script?.exec?.(event);
    if (this.#tasks.size === 0) this.#started = true;
    if (formerTid !== tid) this.#supersede(tid, formerTid);
    const task = this.#taskOf(event);
    for (const log of logs) log.exec?.(task, path);
  }

  /** A thread that executes a program gets the number of its process. */
  #supersede(tid: number, formerTid: number): void {
    const thread = this.#tasks.get(formerTid);
    const leader = this.#tasks.get(tid);
    if (leader !== undefined) {
      const { logs } = this.#options;
      if (leader.inside) { for (const log of logs) log.abandon?.(leader); }
      for (const log of logs) log.supersede?.(leader, formerTid);
    }
    this.#tasks.delete(formerTid);
    if (thread === undefined) return;
    thread.tid = tid;
    this.#tasks.set(tid, thread);
  }

  #start(event: NewTaskEvent): void {
    const { tid, parent, how } = event;
    this.#options.script?.start?.(event);
    this.adopt(tid, event.pid);
    const task = this.#taskOf(event);
    for (const log of this.#options.logs) log.start?.(task, parent, how);
  }

  #end(event: ExitEvent): void {
    const task = this.#taskOf(event);
    const { script, logs } = this.#options;
    script?.end?.(event);
    if (task.inside) { for (const log of logs) log.abandon?.(task); }
    for (const log of logs) log.end?.(task, event);
    this.#tasks.delete(event.tid);
  }
}

/** Handlers by the names of calls, which need not be known ones. */
type Handlers<Event> = Readonly<
  Record<string, ((event: Event) => void) | undefined>
>;

function has(set: NameSet, name: string): boolean {
  return set === undefined || set.has(name);
}
