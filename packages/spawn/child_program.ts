/**
 * A child prepared by a list of system calls, and then a program executed in
 * it: what lies under `spawn()`.
 *
 * No JavaScript runs between fork and exec, as no child of Deno's could: its
 * memory does not survive that. What the child does is laid out beforehand as
 * a table of system calls, which some hundred bytes of machine code walk
 * through, stopping at the first that fails.
 *
 * @module
 * @experimental
 */

import { Arena, closeFile, SystemError } from "@procctl/libc";
import { clone, type Cloned } from "./_clone.ts";
import { keepDumpable } from "./_dumpable.ts";
import { GatedChild, reapQuietly } from "./_gated_child.ts";
import { makePipe, type Pipe } from "./_pipe.ts";
import {
  endWithParent,
  gate,
  outliveParent,
  resetHandlers,
} from "./_implied_steps.ts";
import { layOutSteps, withImplied } from "./_lay_out_steps.ts";
import type { Step } from "./_step.ts";
import type { Table } from "./_table.ts";
import { reap } from "./_wait.ts";
import type { Status } from "./status.ts";

export type { GatedChild } from "./_gated_child.ts";
export type { Call, CallArgument, Step, StepFailure } from "./_step.ts";

/** A child that executes its program. */
export interface StartedChild {
  /** Its process number. */
  readonly pid: number;
  /** A descriptor of it, close-on-exec. It is the caller's to close. */
  readonly pidfd: number;
}

const CLONE_NEWPID = 0x20000000;
/** Mount, cgroup, UTS, IPC, user, pid and network; clone(2) knows no other. */
const NAMESPACES = 0x7e020000;

/**
 * A child, as a list of the steps that it takes before it executes a program.
 *
 * The steps are taken in the order in which they were added; the last one is
 * an exec. The same program can be started any number of times.
 *
 * What a child gets without a step: the signals that this program handles have
 * their default effect, and the mask is the caller's.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { chdir, exec, umask } from "@procctl/spawn/steps";
 *
 * const { code } = new ChildProgram()
 *   .add(umask(0o77), chdir("/"))
 *   .add(exec("/bin/sh", ["sh", "-c", "pwd; exit 3"], {}))
 *   .run(); // prints: /
 * console.log(code); // prints: 3
 * ```
 */
export class ChildProgram {
  #steps: Step[] = [];
  #namespaces = 0;

  /**
   * Adds steps, after those that are there.
   *
   * @param steps The steps, of `@procctl/spawn/steps`.
   * @returns This program.
   * @throws {TypeError} If the program has its exec already.
   *
   * @example Usage
   * ```ts
   * import { ChildProgram } from "@procctl/spawn/child-program";
   * import { exec, umask } from "@procctl/spawn/steps";
   *
   * new ChildProgram()
   *   .add(umask(0o77), exec("/bin/sh", ["sh", "-c", "umask"], {}))
   *   .run(); // prints: 0077
   * ```
   */
  add(...steps: Step[]): this {
    for (const step of steps) {
      if (this.#steps.at(-1)?.kind === "exec") {
        throw new TypeError(`Cannot add "${step.name}" after the exec`);
      }
      this.#steps.push(step);
    }
    return this;
  }

  /**
   * Makes the child the first one in new namespaces, as clone(2).
   *
   * @param flags The `CLONE_NEW*` flags.
   * @returns This program.
   * @throws {TypeError} If there are other flags among them.
   *
   * @example Usage
   * ```ts
   * import { ChildProgram } from "@procctl/spawn/child-program";
   * import { exec } from "@procctl/spawn/steps";
   *
   * const CLONE_NEWUSER = 0x10000000;
   * const program = new ChildProgram()
   *   .inNamespaces(CLONE_NEWUSER)
   *   .add(exec("/bin/true", ["true"], {}));
   * try {
   *   console.log(program.run().success);
   * } catch (error) {
   *   // A system can forbid it.
   *   console.log((error as Error).message.startsWith("Cannot make a child process"));
   * }
   * // prints: true
   * ```
   */
  inNamespaces(flags: number): this {
    if (!Number.isInteger(flags) || (flags & NAMESPACES) !== flags) {
      throw new TypeError(
        `Cannot make namespaces of ${flags}: expected CLONE_NEW* flags of clone(2)`,
      );
    }
    this.#namespaces = flags;
    return this;
  }

  /**
   * Starts the child, and waits until it has executed its program. This thread
   * stands still until then, a fraction of a millisecond if no step waits.
   *
   * @returns The child, which is the caller's to wait for.
   * @throws {SystemError} If a step failed. The child is then gone.
   * @throws {TypeError} If the program has no exec, or a step that needs
   * {@linkcode startAtGate}.
   *
   * @example Usage
   * ```ts
   * import { ChildProgram } from "@procctl/spawn/child-program";
   * import { chdir, exec } from "@procctl/spawn/steps";
   *
   * try {
   *   new ChildProgram()
   *     .add(chdir("/nonexistent"), exec("/bin/true", ["true"], {}))
   *     .start();
   * } catch (error) {
   *   console.log((error as Error).message);
   *   // prints: Cannot change to the directory "/nonexistent": No such file or directory: ENOENT
   * }
   * ```
   */
  start(): StartedChild {
    const steps = this.#stepsInOrder();
    using arena = new Arena();
    using _dumpable = keepDumpable();
    const { table, failure } = layOutSteps(arena, steps);
    const child = this.#clone(arena, table);
    const error = failure();
    if (error === undefined) return { pid: child.pid, pidfd: child.pidfd };
    reapQuietly(child.pid);
    closeFile(child.pidfd);
    throw error;
  }

  /**
   * Starts the child, and waits until its program has ended.
   *
   * @returns How it ended, and what it used.
   * @throws {SystemError} If a step failed, or its status is not to be had
   * (`ECHILD`): so it is before Linux 6.15 where SIGCHLD is ignored.
   * @throws {TypeError} As {@linkcode start} does.
   *
   * @example Usage
   * ```ts
   * import { ChildProgram } from "@procctl/spawn/child-program";
   * import { exec } from "@procctl/spawn/steps";
   *
   * const { signal } = new ChildProgram()
   *   .add(exec("/bin/sh", ["sh", "-c", "kill -HUP $$"], {}))
   *   .run();
   * console.log(signal); // prints: SIGHUP
   * ```
   */
  run(): Status {
    const { pid, pidfd } = this.start();
    try {
      return reap(pid, pidfd);
    } finally {
      closeFile(pidfd);
    }
  }

  /**
   * Starts the child, which waits at a gate before its first step.
   *
   * It ends when this thread does, until it is about to execute its program: a
   * {@linkcode deathSignal} step takes effect only then, or before a filter,
   * wherever it is in the list.
   *
   * @returns The child.
   * @throws {SystemError} If it cannot be made.
   * @throws {TypeError} If the program has no exec.
   *
   * @example Usage
   * ```ts
   * import { ChildProgram } from "@procctl/spawn/child-program";
   * import { exec } from "@procctl/spawn/steps";
   *
   * using child = new ChildProgram()
   *   .add(exec("/bin/sh", ["sh", "-c", "echo through"], {}))
   *   .startAtGate();
   * child.open();
   * child.executed(); // prints: through
   * ```
   */
  startAtGate(): GatedChild {
    this.#checked();
    const pipe = makePipe();
    const arena = new Arena();
    const dumpable = keepDumpable();
    try {
      const { table, failure } = layOutSteps(arena, this.#stepsAtGate(pipe));
      return new GatedChild({
        child: this.#clone(arena, table, { wait: false }),
        arena,
        gate: pipe.writeEnd,
        failure,
        dumpable,
      });
    } catch (error) {
      dumpable[Symbol.dispose]();
      arena[Symbol.dispose]();
      closeFile(pipe.writeEnd);
      throw error;
    } finally {
      closeFile(pipe.readEnd);
    }
  }

  #stepsInOrder(): Step[] {
    const steps = this.#checked();
    const traced = steps.find(({ kind }) => kind === "trace");
    if (traced !== undefined) {
      throw new TypeError(
        `Cannot start a child with "${traced.name}": its parent would wait for a child that waits for it, use startAtGate()`,
      );
    }
    return this.#withoutParent([resetHandlers(), ...withImplied(steps)]);
  }

  #stepsAtGate(pipe: Pipe): Step[] {
    const steps = this.#checked();
    const isDeathSignal = ({ kind }: Step) => kind === "death-signal";
    const others = steps.filter((step) => !isDeathSignal(step));
    const deathSignal = steps.findLast(isDeathSignal) ?? outliveParent();
    return this.#withoutParent([
      resetHandlers(),
      endWithParent(),
      gate(pipe),
      ...withImplied(others, deathSignal),
    ]);
  }

  /** The steps, if they make a program. */
  #checked(): readonly Step[] {
    if (this.#steps.at(-1)?.kind === "exec") return this.#steps;
    throw new TypeError("Cannot start a child: its last step is not an exec");
  }

  /** A child in a new pid namespace has a parent that has no number there. */
  #withoutParent(steps: Step[]): Step[] {
    if ((this.#namespaces & CLONE_NEWPID) === 0) return steps;
    return steps.map((step) => ({
      ...step,
      calls: step.calls.filter(({ syscall }) => syscall !== "getppid"),
    }));
  }

  #clone(arena: Arena, table: Table, { wait = true } = {}): Cloned {
    const namespaces = this.#namespaces;
    const child = clone(arena, table.address, { wait, namespaces });
    if (typeof child !== "number") return child;
    throw new SystemError("Cannot make a child process", {
      errno: -child,
      syscall: "clone",
    });
  }
}
