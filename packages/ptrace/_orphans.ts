import { makesTask } from "./_birth.ts";
import { isEnd } from "./_ends.ts";
import { kernelFacts } from "./_kernel_facts.ts";
import { isLeft } from "./_left_ends.ts";
import type { Machine } from "./_machine.ts";
import { readStatus } from "./_proc_status.ts";
import type { Task } from "./_task.ts";
import { isTracee, tracees } from "./_tracees.ts";
import { PTRACE_EVENT_EXEC } from "./constants.ts";

/** How often it is looked for the maker of a task that was seen before it. */
const MOST_LOOKS = 100;

/** Finds the tasks of which none has told that it made them. */
export class Orphans {
  readonly #machine: Machine;
  readonly #isFiltered: boolean;
  readonly #isKnown: (tid: number) => boolean;
  /** Whether a task was killed while it may have made another. */
  #mayExist = false;
  /** Those that were found and not told yet, and their likely makers. */
  readonly #makers = new Map<Task, number>();
  /** A task whose maker may tell of it yet, and how often it was looked for. */
  #early = { tid: 0, looks: 0 };

  /**
   * The only task, if nothing can happen but to it: if it cannot be making
   * another, and keeps its number; else 0. It is handed on at each event, and so
   * is made once.
   */
  readonly onlyTask = (): number => {
    const { tasks } = this.#machine;
    if (tasks.size !== 1 || this.#isFiltered) return 0;
    const { tid, pid, inCall, call } = tasks.values().next().value!;
    // By an exec it gets the number of its process.
    const changesNumber = tid !== pid;
    return changesNumber || inCall && makesTask(call) ? 0 : tid;
  };

  /**
   * @param isFiltered Whether a filter stops the tasks at some calls alone.
   * @param isKnown Whether a task belongs to this engine, or another.
   */
  constructor(
    machine: Machine,
    isFiltered: boolean,
    isKnown: (tid: number) => boolean,
  ) {
    this.#machine = machine;
    this.#isFiltered = isFiltered;
    this.#isKnown = isKnown;
  }

  /** A task ends, or is replaced: it may have been about to tell of another. */
  mayBeLeftBy(task: Task, isKilled: boolean): void {
    this.#mayExist ||= this.#mayBeMaking(task, isKilled);
  }

  /** Adds those that are there, when no task is left who could tell of them. */
  addRest(): void {
    if (!this.#mayExist) return;
    this.#mayExist = false;
    for (const tid of tracees()) {
      if (!this.#isKnown(tid) && !isLeft(tid)) this.#add(tid);
    }
  }

  /** Adds a task that was waited for and is not known, if it is one of these. */
  adopt(tid: number, status: number): boolean {
    const machine = this.#machine;
    if (this.#isKnown(tid) || isLeft(tid)) return false;
    const ended = isEnd(status);
    const isExec = status >> 16 === PTRACE_EVENT_EXEC;
    if ((ended || isExec) && machine.hasThreadsOf(tid)) {
      // Of the process only that thread was traced which has its number now.
      machine.add(tid, tid);
      return true;
    }
    if (!ended && !this.#mayExist) return false;
    const facts = readStatus(tid);
    if (facts === undefined || !isTracee(tid)) return false;
    // A new thread has ended with its process: so has who would tell of it.
    const isLost = ended && facts.process !== tid &&
      machine.hasThreadsOf(facts.process);
    if (!isLost && (!this.#mayExist || this.#isEarly(tid))) return false;
    this.#add(tid);
    return true;
  }

  /**
   * The likely maker of a task that was found, 0 if it is gone; undefined if the
   * task was told of already. It is about to be told.
   */
  takeMaker(task: Task): number | undefined {
    const maker = this.#makers.get(task);
    if (maker !== undefined) this.#makers.delete(task);
    return maker;
  }

  #add(tid: number): void {
    const maker = this.#makerOf(tid);
    const pid = kernelFacts.processOf(tid) ?? tid;
    this.#makers.set(this.#machine.addEarly(tid, pid), maker);
  }

  /**
   * Whether a task may be making another. A filter does not tell of all calls
   * that do; what ends a task in the middle of one is a signal, or another thread.
   */
  #mayBeMaking({ tid, pid, inCall, call }: Task, isKilled: boolean): boolean {
    if (!this.#isFiltered) return inCall && makesTask(call);
    return isKilled || this.#machine.hasThreadsOf(pid, tid);
  }

  /** Whether who has made a task may be about to tell of it. */
  #isEarly(tid: number): boolean {
    if (this.#makerOf(tid) === 0) return false;
    if (this.#early.tid !== tid) this.#early = { tid, looks: 0 };
    return this.#early.looks++ < MOST_LOOKS;
  }

  /** The process that has made a task, as far as /proc tells; 0 if it is gone. */
  #makerOf(tid: number): number {
    const facts = readStatus(tid);
    if (facts === undefined) return 0;
    const { process, parent } = facts;
    const maker = process === tid ? parent : process;
    return this.#machine.hasThreadsOf(maker) ? maker : 0;
  }
}
