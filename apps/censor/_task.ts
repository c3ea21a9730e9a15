import type { Memory, Replacement } from "./_memory.ts";

/** A thread, or a process of one thread, that is traced. */
export class Task {
  readonly tid: number;
  /** Whether a group-stop has it: job control, or SIGSTOP. */
  isStopped = false;
  /** Whether it waits for its child to give back the memory that they share. */
  isInVfork = false;
  #memory: Memory;
  /** What is replaced for the call that it is in. */
  #replacements: Replacement[] = [];
  /** What the child gets that it is making, if it is making one. */
  #child: "copied" | "shared" | undefined;

  constructor(tid: number, memory: Memory) {
    this.tid = tid;
    this.#memory = memory;
  }

  get memory(): Memory {
    return this.#memory;
  }

  /** Whether it is between the entry and the exit of a call that makes a task. */
  get isMakingChild(): boolean {
    return this.#child !== undefined;
  }

  /** It makes a call that writes: these bytes are not to be seen. */
  add(replacement: Replacement): void {
    if (replacement.length > 0) this.#replacements.push(replacement);
  }

  /** It makes a call that makes a task. */
  beginChild(child: "copied" | "shared"): void {
    this.#child = child;
    if (child === "copied") this.#memory.beginCopy();
  }

  /** The task that it has made. */
  adopt(tid: number): Task {
    const memory = this.#child === "copied"
      ? this.#memory.copy(tid)
      : this.#memory.join();
    return new Task(tid, memory);
  }

  /** It is out of its call: its memory is to be as it was. */
  endCall(): void {
    for (const replacement of this.#replacements) {
      this.#memory.restore(replacement);
    }
    this.#replacements = [];
    if (this.#child === "copied") this.#memory.endCopy();
    this.#child = undefined;
    this.isInVfork = false;
  }

  /** It has ended, or has another memory by an exec. */
  leave(): void {
    this.endCall();
    this.#memory.leave();
  }
}
