import { SystemError } from "@procctl/libc";
import { ptrace, type WaitStatus } from "@procctl/ptrace";
import { Memory } from "./_memory.ts";
import { nextStop } from "./_next_stop.ts";
import { Task } from "./_task.ts";
import type { Word } from "./_word.ts";
import { childMemory, writtenBy } from "./_written.ts";

const SIGTRAP = 5;

/** How a program ended. */
export type End = Extract<WaitStatus, { kind: "exited" | "signaled" }>;

/**
 * Traces a program, and all tasks that it makes, and puts stars in the place of
 * a word in what they write, for as long as each call takes.
 */
export class Censor {
  readonly #word: Word;
  readonly #root: number;
  readonly #tasks = new Map<number, Task>();
  /** The numbers of the tasks, and of those below. */
  readonly #tids = new Set<number>();
  /** Tasks that have stopped before the one that made them told of them. */
  readonly #early = new Map<number, WaitStatus>();
  readonly #info = new ptrace.SyscallInfo();
  #end: End | undefined;

  /** The program must be stopped at its exec. */
  constructor(word: Word, root: number) {
    this.#word = word;
    this.#root = root;
    this.#add(new Task(root, new Memory(root)));
  }

  /** How the program ended, if it has. Tasks that it made may live on. */
  get end(): End | undefined {
    return this.#end;
  }

  /** The tasks that there are. */
  get tasks(): Iterable<Task> {
    return this.#tasks.values();
  }

  /**
   * Lets the program go on, to the end of its last task.
   *
   * @param onGroupStop Called when a task was stopped by job control.
   * @throws {SystemError} If the memory of a task can be neither read nor changed.
   */
  async run(onGroupStop: (signal: number) => void): Promise<void> {
    resume(this.#root);
    while (this.#tids.size > 0) {
      const status = await nextStop(this.#tids);
      const task = this.#tasks.get(status.pid);
      if (task !== undefined) this.#handle(task, status);
      else this.#handleEarly(status);
      if (task?.isStopped && "signal" in status) onGroupStop(status.signal);
    }
  }

  #add(task: Task): void {
    this.#tasks.set(task.tid, task);
    this.#tids.add(task.tid);
  }

  /** A task that nobody told of yet stays stopped until somebody does. */
  #handleEarly(status: WaitStatus): void {
    this.#tids.add(status.pid);
    this.#early.set(status.pid, status);
    this.#settleOrphans();
  }

  #handle(task: Task, status: WaitStatus): void {
    task.isStopped = false;
    switch (status.kind) {
      case "exited":
      case "signaled":
        return this.#handleEnd(task, status);
      case "syscall-stop":
        this.#handleCall(task);
        return resume(task.tid);
      case "stopped":
        return resume(task.tid, status.signal);
      case "event":
        return this.#handleEvent(task, status.event, status.signal);
    }
  }

  #handleEnd(task: Task, status: End): void {
    this.#tasks.delete(task.tid);
    this.#tids.delete(task.tid);
    task.leave();
    if (task.tid === this.#root) this.#end = status;
    this.#settleOrphans();
  }

  #handleCall(task: Task): void {
    const info = unlessGone(() => ptrace.getSyscallInfo(task.tid, this.#info));
    if (info?.kind !== "entry") return task.endCall();
    const { memory } = task;
    for (const message of writtenBy(info, memory.read)) {
      const found = this.#word.find(message, memory.read);
      if (found.length > 0) task.add(memory.replace(found));
    }
    const child = childMemory(info, memory.read);
    if (child !== undefined) task.beginChild(child);
  }

  #handleEvent(task: Task, event: number, signal: number): void {
    const { tid } = task;
    switch (event) {
      case ptrace.PTRACE_EVENT_VFORK:
        task.isInVfork = true;
        /* falls through */
      case ptrace.PTRACE_EVENT_FORK:
      case ptrace.PTRACE_EVENT_CLONE: {
        const child = unlessGone(() => ptrace.geteventmsg(tid));
        if (child !== undefined) this.#adopt(task.adopt(child));
        break;
      }
      case ptrace.PTRACE_EVENT_EXEC:
        this.#handleExec(task);
        break;
      case ptrace.PTRACE_EVENT_EXIT:
        // Here is the last chance before others who share the memory go on.
        task.endCall();
        break;
      case ptrace.PTRACE_EVENT_STOP:
        if (signal === SIGTRAP) break;
        task.isStopped = true;
        return unlessGone(() => ptrace.listen(tid));
    }
    resume(tid);
  }

  /** A task is known from here on; it may have stopped already. */
  #adopt(task: Task): void {
    this.#add(task);
    const status = this.#early.get(task.tid);
    if (status === undefined) return;
    this.#early.delete(task.tid);
    this.#handle(task, status);
  }

  /**
   * A program was executed, perhaps by a thread, which then has the number of
   * the process: all others are gone.
   */
  #handleExec(task: Task): void {
    const { tid } = task;
    const former = unlessGone(() => ptrace.geteventmsg(tid)) ?? tid;
    for (const gone of new Set([tid, former])) {
      this.#tasks.get(gone)?.leave();
      this.#tasks.delete(gone);
      this.#tids.delete(gone);
    }
    this.#add(new Task(tid, new Memory(tid)));
  }

  /** Tasks whose maker was killed before it could tell of them are none's. */
  #settleOrphans(): void {
    if (this.#early.size === 0) return;
    for (const task of this.#tasks.values()) if (task.isMakingChild) return;
    for (const tid of this.#early.keys()) {
      this.#adopt(new Task(tid, new Memory(tid)));
    }
  }
}

/** Lets a task go on to its next call. If it is gone, its end is told of next. */
function resume(tid: number, signal = 0): void {
  unlessGone(() => ptrace.syscall(tid, signal));
}

/** Makes a request, unless SIGKILL came before it. */
function unlessGone<T>(request: () => T): T | undefined {
  try {
    return request();
  } catch (error) {
    if (error instanceof SystemError && error.code === "ESRCH") {
      return undefined;
    }
    throw error;
  }
}
