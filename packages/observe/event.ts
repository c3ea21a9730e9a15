/**
 * What is observed, one thing at a time.
 *
 * @module
 */

import type { SyscallArch } from "@procctl/syscalls";

/**
 * The calling convention of a system call: whose numbers it uses.
 *
 * `"arm"` is what 32-bit programs use on aarch64; the names of its calls are
 * not known here.
 */
export type Abi = SyscallArch | "arm";

/** What all events have. */
export interface EventBase {
  /**
   * When, in nanoseconds since the `startTime` of the observation, by the
   * kernel's monotonic clock.
   */
  time: number;
  /** The thread that did it. */
  tid: number;
  /** The process whose thread it is. */
  pid: number;
  /** The processor on which it did it, counted from 0. */
  cpu: number;
}

/** A system call begins. */
export interface EnterEvent extends EventBase {
  /** Always `"enter"`. */
  kind: "enter";
  /** Whose number it is. */
  abi: Abi;
  /** The number, also one that no call has. */
  nr: number;
  /** The name; for a number without one, `syscall_` and the number. */
  name: string;
  /** The six registers that hold arguments, also those that are not used. */
  args: bigint[];
}

/** A system call returns to the program. */
export interface ExitEvent extends EventBase {
  /** Always `"exit"`. */
  kind: "exit";
  /** Whose number it is; of a call that began unseen, this program's own. */
  abi: Abi;
  /** The number; -1 for a `rt_sigreturn` that began unseen. */
  nr: number;
  /** The name; for a number without one, `syscall_` and the number. */
  name: string;
  /**
   * What it returns: -4095 to -1 is an error number, negated. -512 to -516 are
   * the kernel's own: the call is interrupted by a signal, and begun again or
   * made to fail with `EINTR`.
   */
  result: bigint;
  /** How many nanoseconds it took; undefined if its begin was not seen. */
  duration: number | undefined;
}

/** A task makes another one: a process, or a thread of its own process. */
export interface ForkEvent extends EventBase {
  /** Always `"fork"`. */
  kind: "fork";
  /** The new task's process: that of the one that made it, for a thread. */
  childPid: number;
  /** The new task's thread: equal to `childPid`, for a process. */
  childTid: number;
}

/** A process has executed a program. */
export interface ExecEvent extends EventBase {
  /** Always `"exec"`. */
  kind: "exec";
  /** The path that it executed; of a script, the script's. */
  path: string;
  /**
   * The thread that called it, which becomes the process's first and only one;
   * equal to `tid` unless it was another.
   */
  formerTid: number;
}

/** A task has ended. */
export interface EndEvent extends EventBase {
  /** Always `"end"`. */
  kind: "end";
}

/** There was no room for some events: the ring of a processor was full. */
export interface LostEvent extends EventBase {
  /** Always `"lost"`. `tid` and `pid` are those of the next who had room. */
  kind: "lost";
  /** How many events. */
  count: number;
}

/** Anything that is observed. */
export type ObservedEvent =
  | EnterEvent
  | ExitEvent
  | ForkEvent
  | ExecEvent
  | EndEvent
  | LostEvent;
