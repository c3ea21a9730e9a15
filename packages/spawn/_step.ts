import type { Arena } from "@procctl/libc";

/**
 * What a system call of a child is given: a number; bytes, whose address it
 * gets; what a function returns right before the child is made, such as the
 * address of what it has put into the arena; or the address of the result of a
 * call before, so many calls back.
 */
export type CallArgument =
  | number
  | bigint
  | Uint8Array
  | ((arena: Arena) => bigint)
  | { resultBack: number };

/** One system call, as data: nothing of it happens before the child runs. */
export interface Call {
  /** The system call's name, such as `"setresuid"`. */
  readonly syscall: string;
  /** What it is given, six arguments at the most. */
  readonly arguments: readonly CallArgument[];
  /**
   * The results that let the child go on.
   *
   * @default {0 and above}
   */
  readonly expected?: { readonly least: number; readonly most: number };
  /**
   * How many calls on the child goes after an error, by errno; `"ignored"` for
   * the next call after any. After an error that is not in it, it stops.
   *
   * @default {none}
   */
  readonly onError?: "ignored" | ReadonlyMap<number, number>;
  /** An argument of a later call that becomes this one's result. */
  readonly resultTo?: { readonly callsOn: number; readonly argument: number };
}

/** Why a child could not go on. */
export interface StepFailure {
  /** What was tried, and on what: `Cannot change to the directory "/x"`. */
  readonly action: string;
  /** The error number. */
  readonly errno: number;
  /** The file that it was about, if it was about one. */
  readonly path?: string | undefined;
  /**
   * Finds out why, in words more exact than the error number's, by looking at
   * files as the parent sees them. It cannot throw.
   */
  readonly reason?: () => string | undefined;
}

/**
 * A thing that a child does before it executes its program: one or more system
 * calls, and what to say if one of them fails.
 */
export interface Step {
  /**
   * What the engine must know of it. A mask given by a step replaces the
   * caller's; a gate and tracing need a child that its parent does not wait
   * for; what the engine adds comes before a filter, which may forbid it; an
   * exec ends the program.
   */
  readonly kind:
    | "plain"
    | "mask"
    | "gate"
    | "trace"
    | "death-signal"
    | "filter"
    | "exec";
  /** The name that an error has as its `syscall`, such as `"setuid"`. */
  readonly name: string;
  /** What is tried, for errors: `Cannot become user 1000`. */
  readonly action: string;
  /** The file that it is about, if it is about one. */
  readonly path?: string;
  /** Its system calls, in order. */
  readonly calls: readonly Call[];
  /**
   * Makes out why it failed, where that takes more than the last error.
   *
   * @param results What each call returned; 0 for those that were not made.
   * @param stoppedAt The index of the call at which the child stopped.
   */
  failure?(results: readonly number[], stoppedAt: number): StepFailure;
}
