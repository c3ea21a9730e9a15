/**
 * The options of a tracer.
 *
 * @module
 */

import type { SpawnOptions } from "@procctl/spawn";

/** How a {@linkcode Tracer} traces. */
export interface TracerOptions {
  /**
   * Which tasks that the traced ones make are traced too: threads, or all.
   * Others go on by themselves.
   *
   * @default {"all"}
   */
  follow?: "none" | "threads" | "all";

  /**
   * The names of the system calls that are told; all others are not.
   *
   * Where the tracer starts the program, follows all, and `exitKill` holds, the
   * program gets a seccomp filter: other calls then run at full speed. Elsewhere
   * the task stops at all of them.
   *
   * @default {all}
   */
  syscalls?: readonly string[];

  /**
   * Whether tasks are killed when they are given up: by the end of this program
   * or Worker, by leaving the loop early, by `using`. If not, they go on
   * untraced.
   *
   * @default {true for what the tracer starts, false for what it attaches to}
   */
  exitKill?: boolean;

  /**
   * Called before it is waited for an event that does not come at once: what was
   * kept to be written together is to be written then. It must not ask for events.
   */
  idle?: () => void;

  /** Gives the tasks up when it is aborted; the loop then throws its reason. */
  signal?: AbortSignal;
}

/** How `Tracer.spawn()` starts and traces a program: as `spawn()`, and more. */
export interface TracerSpawnOptions
  extends TracerOptions, Omit<SpawnOptions, "signal"> {
  /**
   * `"same"` keeps the tracer's thread and the traced tasks on one processor, as
   * long as it traces. They take turns anyway, and another processor has to be
   * woken each time; but tasks that could run side by side do not.
   *
   * @default {"none"}
   */
  placement?: "same" | "none";
}

/** How `Tracer.attach()` traces a process. */
export interface TracerAttachOptions extends TracerOptions {
  /**
   * Whether all threads of the process are traced; if not, the given one is.
   *
   * @default {true}
   */
  threads?: boolean;
}
