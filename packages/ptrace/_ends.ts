import { leaveEnd } from "./_left_ends.ts";
import { kernelFacts } from "./_kernel_facts.ts";
import { isTracee } from "./_tracees.ts";
import type { Task } from "./_task.ts";
import type { TaskWaiter } from "./_task_waiter.ts";

/** How the first process ended, as wait(2) has it. */
export interface RootEnd {
  status: number;
  /** What it used; undefined if others have taken that with its end. */
  usage: BigInt64Array<ArrayBuffer> | undefined;
}

/** Why the end of the first process may not be found. */
export interface Risks {
  /** It, if this program waits for it elsewhere too; else 0. */
  owned: number;
  /** Whether it may have threads that are not traced. */
  hasOthers: boolean;
}

/** Whether a status, as wait(2) has it, is an end, not a stop. */
export function isEnd(status: number): boolean {
  return (status & 0xff) !== 0x7f;
}

const SIGKILL = 9;
/** struct rusage. */
const RUSAGE_WORDS = 18;

/**
 * The ends of tasks. That of the first process may be lost: who waits for it is
 * faster; or a thread that is not traced executes a program, and has its number.
 */
export class Ends {
  #tasks: ReadonlyMap<number, Task>;
  #waiter: TaskWaiter;
  #root: number;
  #risks: Risks;
  /** How the process that may be lost ends, once it has said so. */
  #foreseen: number | undefined;

  constructor(
    tasks: ReadonlyMap<number, Task>,
    waiter: TaskWaiter,
    root: number,
    risks: Risks,
  ) {
    this.#tasks = tasks;
    this.#waiter = waiter;
    this.#root = root;
    this.#risks = risks;
  }

  /** The process that may be lost, if it is there. */
  get fugitive(): number | undefined {
    const { owned, hasOthers } = this.#risks;
    const first = hasOthers ? this.#tasks.get(this.#root) : undefined;
    if (first !== undefined && first.tid === first.pid) return first.tid;
    return this.#tasks.has(owned) ? owned : undefined;
  }

  /** A task is at its end. */
  foresee({ tid, pid }: Task): void {
    if (pid !== this.fugitive) return;
    this.#foreseen = kernelFacts.message(tid) ?? this.#foreseen;
    if (tid === pid) this.#waiter.fleeting = pid;
  }

  /** Before a task goes on: it may have been ended where it was stopped. */
  watch(task: Task): void {
    const { tid } = task;
    if (tid === this.fugitive && this.#waiter.isEnding(tid)) this.foresee(task);
  }

  /** A process executes a program: who has its number now is traced. */
  goesOn({ tid }: Task): void {
    if (tid !== this.#waiter.fleeting) return;
    this.#waiter.fleeting = 0;
    this.#foreseen = undefined;
  }

  /** Whether the process that may be lost will not be found by waiting. */
  isLost(): boolean {
    const pid = this.fugitive;
    if (pid === undefined) return false;
    return this.#waiter.isGone(pid) || this.#risks.hasOthers && !isTracee(pid);
  }

  /** What was found; if that is no task any more, the process that was lost. */
  found(tid: number): number {
    const pid = this.fugitive;
    if (pid === undefined) return tid;
    const isOther = tid > 0 && tid !== pid;
    const isStop = tid === pid && !isEnd(this.#waiter.status);
    if (isOther || isStop || !this.isLost()) return tid;
    // Threads that are ended by the exec of another end with 0.
    const unknown = this.#risks.hasOthers ? 0 : SIGKILL;
    this.#waiter.status = this.#foreseen ?? unknown;
    return pid;
  }

  /**
   * Takes an end from the kernel, or leaves it there for who has started it.
   *
   * @returns That of the first process, if it is known to have ended.
   */
  take(tid: number, status: number): RootEnd | undefined {
    const { owned, hasOthers } = this.#risks;
    if (tid === this.#waiter.fleeting) this.#waiter.fleeting = 0;
    // Another thread may have its number now, with which the process goes on.
    if (hasOthers && !isTracee(tid)) return undefined;
    const usage = tid === this.#root ? new BigInt64Array(RUSAGE_WORDS) : null;
    let isKnown = true;
    if (tid === owned) {
      leaveEnd(tid);
      isKnown = usage !== null && this.#waiter.lookAtUsage(tid, usage);
    } else {
      this.#waiter.reap(tid, usage);
    }
    if (usage === null) return undefined;
    return { status, usage: isKnown ? usage : undefined };
  }
}
