/**
 * What a tracer tells: system calls, signals, new tasks, ends.
 *
 * @module
 */

import type { Signal } from "@procctl/libc";
import type { Siginfo } from "./siginfo.ts";
import type {
  SyscallEnterEvent,
  SyscallExitEvent,
  TraceeMemory,
} from "./syscall_event.ts";

export type {
  SyscallAbi,
  SyscallEnterEvent,
  SyscallEvent,
  SyscallExitEvent,
  TraceeMemory,
} from "./syscall_event.ts";

/**
 * What happened to a task: a thread, or a process that has only one.
 *
 * The task stands still until the next event is asked for. Events are used
 * again then: `copy()` makes one that can be kept.
 */
export type TracerEvent =
  | SyscallEnterEvent
  | SyscallExitEvent
  | SignalEvent
  | GroupStopEvent
  | ExecEvent
  | NewTaskEvent
  | ExitEvent;

/** A signal is about to be delivered to a task. */
export interface SignalEvent extends TraceeMemory {
  /** Which event it is. */
  readonly kind: "signal";
  /** The task that gets it. */
  readonly tid: number;
  /** The process that the task belongs to. */
  readonly pid: number;
  /** The signal. */
  readonly signal: Signal;
  /** What is known of it. */
  readonly info: Siginfo;

  /**
   * Does not deliver it.
   *
   * @throws {TypeError} If the task has gone on.
   */
  suppress(): void;

  /**
   * Delivers another one in its place.
   *
   * @param signal The signal.
   * @throws {TypeError} If there is none of that name, or the task has gone on.
   */
  replace(signal: Signal): void;

  /**
   * Makes an event of its own of this one.
   *
   * @returns What is known of the signal. It changes nothing.
   */
  copy(): SignalEvent;
}

/** A signal has stopped a task, with all of its process, until SIGCONT. */
export interface GroupStopEvent {
  /** Which event it is. */
  readonly kind: "group-stop";
  /** The task that is stopped. */
  readonly tid: number;
  /** The process that the task belongs to. */
  readonly pid: number;
  /** The signal: SIGSTOP, SIGTSTP, SIGTTIN or SIGTTOU. */
  readonly signal: Signal;

  /**
   * Makes an event of its own of this one.
   *
   * @returns The same.
   */
  copy(): GroupStopEvent;
}

/** A process executes another program, and all of its other threads are gone. */
export interface ExecEvent extends TraceeMemory {
  /** Which event it is. */
  readonly kind: "exec";
  /** The task, which has the number of the process now. */
  readonly tid: number;
  /** The process. */
  readonly pid: number;
  /**
   * The program, as it was asked for. Of a script it is the script, not what
   * interprets it.
   */
  readonly path: string;
  /** What the program is given, its name first. */
  readonly argv: readonly Uint8Array[];
  /** The number that the task had before: another one if it was a thread. */
  readonly formerTid: number;

  /**
   * Makes an event of its own of this one.
   *
   * @returns What is known of it. It has no memory to read.
   */
  copy(): ExecEvent;
}

/** There is another task, which is traced from its beginning on. */
export interface NewTaskEvent {
  /** Which event it is. */
  readonly kind: "new-task";
  /** The new task. */
  readonly tid: number;
  /** The process that it belongs to: its parent's if it is a thread. */
  readonly pid: number;
  /**
   * The task that made it, and that stands still at this event. If that was
   * killed meanwhile: its process, or 0 if there is none any more.
   */
  readonly parent: number;
  /**
   * How it was made: as vfork(2) does if its parent waits for it, as fork(2) if
   * it tells its end by SIGCHLD, else as clone(2), such as threads are.
   */
  readonly how: "fork" | "vfork" | "clone";

  /**
   * Makes an event of its own of this one.
   *
   * @returns The same.
   */
  copy(): NewTaskEvent;
}

/** A task has ended: it is the last event of it. */
export interface ExitEvent {
  /** Which event it is. */
  readonly kind: "exit";
  /** The task. */
  readonly tid: number;
  /** The process that it belonged to. */
  readonly pid: number;
  /** Its exit status; undefined if a signal ended it. */
  readonly code: number | undefined;
  /** The signal that ended it; undefined if it ended by itself. */
  readonly signal: Signal | undefined;
  /** Whether that signal left a core file. */
  readonly coreDumped: boolean;
  /**
   * The name of the system call from which it did not come back, if its entry
   * was told: `exit_group` most of the time.
   */
  readonly unfinished: string | undefined;

  /**
   * Makes an event of its own of this one.
   *
   * @returns The same.
   */
  copy(): ExitEvent;
}
