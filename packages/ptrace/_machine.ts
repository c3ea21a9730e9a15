import { Task } from "./_task.ts";
import {
  PTRACE_EVENT_CLONE,
  PTRACE_EVENT_EXEC,
  PTRACE_EVENT_FORK,
  PTRACE_EVENT_SECCOMP,
  PTRACE_EVENT_STOP,
  PTRACE_EVENT_VFORK,
  PTRACE_SYSCALL_INFO_ENTRY,
  PTRACE_SYSCALL_INFO_EXIT,
  PTRACE_SYSCALL_INFO_SECCOMP,
} from "./constants.ts";
import type { TracerEvent } from "./tracer_event.ts";

/**
 * What a status alone does not tell. A task that was killed in the meantime
 * tells nothing any more: `undefined`.
 */
export interface StopFacts {
  /** At which stop of a system call a task is: a `PTRACE_SYSCALL_INFO_*`. */
  syscallStop(task: Task): number | undefined;
  /** The message of an event: the number of a task. */
  message(tid: number): number | undefined;
  /** The process of a task. */
  processOf(tid: number): number | undefined;
}

/**
 * What follows from a status: an event is told; or the task is let go on
 * (`"resume"`), after it has made one that is not wanted (`"unwanted-task"`), or
 * left alone for good (`"leave"`); or it dies, and its end will be told
 * (`"dies"`).
 */
export type Outcome =
  | TracerEvent["kind"]
  | "resume"
  | "unwanted-task"
  | "leave"
  | "dies";

/** A task that another has made. */
export interface Birth {
  task: Task;
  how: "fork" | "vfork" | "clone";
}

const SIGTRAP = 5;
const STOPPED = 0x7f;
const SYSCALL_STOP = ((SIGTRAP | 0x80) << 8) | STOPPED;

/**
 * Makes out of the statuses of tasks, as wait(2) has them, what happened.
 *
 * It asks nothing of the kernel by itself: what it needs to know it is told by
 * {@linkcode StopFacts}.
 */
export class Machine {
  /** The tasks that have not ended, by number. */
  readonly tasks = new Map<number, Task>();
  /** At `"new-task"` and `"unwanted-task"`: the new one. */
  birth: Birth | undefined;
  /** At `"exec"`: the number that the task had before. */
  formerTid = 0;
  /** The tasks that were found before their makers told of them. */
  #early = new Set<number>();
  #facts: StopFacts;
  #threadsOnly: boolean;

  /** @param threadsOnly Whether new processes are left alone. */
  constructor(facts: StopFacts, { threadsOnly = false } = {}) {
    this.#facts = facts;
    this.#threadsOnly = threadsOnly;
  }

  /** Adds a task that is traced from now on. */
  add(tid: number, pid: number): Task {
    const task = new Task(tid, pid);
    this.tasks.set(tid, task);
    return task;
  }

  /** Adds a task that was found before its maker told of it, if that still will. */
  addEarly(tid: number, pid: number): Task {
    this.#early.add(tid);
    return this.add(tid, pid);
  }

  /** Whether a task is known that belongs to a process, other than one. */
  hasThreadsOf(pid: number, except?: number): boolean {
    return this.tasks.values().some((task) =>
      task.pid === pid && task.tid !== except
    );
  }

  /**
   * A thread that was killed on the way to its exec, after it had taken over the
   * number of its process: of that end alone is told. All others ended before.
   */
  lostAtEnd({ tid }: Task): Task | undefined {
    return this.tasks.values().find((task) =>
      task.pid === tid && task.tid !== tid
    );
  }

  /** Takes in a status of a task. */
  step(task: Task, status: number): Outcome {
    task.state = "stopped";
    task.signal = 0;
    task.isAtCall = false;
    // Nearly all are these.
    if (status === SYSCALL_STOP) return this.#syscallStop(task);
    if ((status & 0xff) !== STOPPED) return this.#end(task);
    if (task.isUnwanted) return "leave";
    const signal = (status >> 8) & 0xff;
    const event = status >> 16;
    switch (event) {
      case 0:
        task.signal = signal;
        return "signal";
      case PTRACE_EVENT_STOP:
        task.isStopDue = false;
        // Else it is a new task, was interrupted, or got SIGCONT.
        if (signal === SIGTRAP) return "resume";
        task.state = "group-stopped";
        task.signal = signal;
        return "group-stop";
      case PTRACE_EVENT_SECCOMP:
        return this.#syscallStop(task);
      case PTRACE_EVENT_EXEC:
        return this.#exec(task);
      case PTRACE_EVENT_FORK:
      case PTRACE_EVENT_VFORK:
      case PTRACE_EVENT_CLONE:
        return this.#birth(task, event);
      default:
        return "resume";
    }
  }

  #syscallStop(task: Task): Outcome {
    if (task.isUnwanted) return "leave";
    switch (this.#facts.syscallStop(task)) {
      case PTRACE_SYSCALL_INFO_ENTRY:
      case PTRACE_SYSCALL_INFO_SECCOMP:
        task.inCall = true;
        task.isAtCall = true;
        return "syscall-enter";
      case PTRACE_SYSCALL_INFO_EXIT:
        task.inCall = false;
        task.isAtCall = true;
        return "syscall-exit";
      case undefined:
        return "dies";
      default:
        return "resume";
    }
  }

  #end(task: Task): Outcome {
    task.state = "ended";
    this.tasks.delete(task.tid);
    return task.isUnwanted ? "dies" : "exit";
  }

  /**
   * All other threads are gone. The one that executes has the number of the
   * process now, whose own thread ends without a word.
   */
  #exec(task: Task): Outcome {
    const formerTid = this.#facts.message(task.tid);
    if (formerTid === undefined) return "dies";
    this.formerTid = formerTid;
    const former = this.tasks.get(formerTid);
    if (former !== undefined && former !== task) {
      this.tasks.delete(formerTid);
      task.takeCall(former);
    }
    return "exec";
  }

  #birth(task: Task, event: number): Outcome {
    const tid = this.#facts.message(task.tid);
    if (tid === undefined) return "dies";
    // It was found before its maker told of it, and may have ended since.
    const isOld = this.#early.delete(tid) || this.tasks.has(tid);
    if (isOld) return "resume";
    const pid = event === PTRACE_EVENT_CLONE
      ? this.#facts.processOf(tid) ?? tid
      : tid;
    const made = this.add(tid, pid);
    made.isUnwanted = this.#threadsOnly && pid !== task.pid;
    this.birth = { task: made, how: HOW[event]! };
    return made.isUnwanted ? "unwanted-task" : "new-task";
  }
}

const HOW: Readonly<Record<number, Birth["how"]>> = {
  [PTRACE_EVENT_FORK]: "fork",
  [PTRACE_EVENT_VFORK]: "vfork",
  [PTRACE_EVENT_CLONE]: "clone",
};
