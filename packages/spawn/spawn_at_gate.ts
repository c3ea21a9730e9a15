/**
 * Children that wait at a gate until their parent has done something about
 * them: what a tracer starts its programs with.
 *
 * @module
 * @experimental
 */

import type { PathLike } from "@procctl/libc";
import { makePipes, refuseFifos } from "./_descriptors.ts";
import { mapCaller } from "./_namespaces.ts";
import { prepare } from "./_prepare.ts";
import type { GatedChild, Step } from "./child_program.ts";
import type { SpawnOptions } from "./spawn_options.ts";

/** A child at its gate, and this program's ends of its pipes. */
export interface GatedSpawn {
  /** The child. */
  readonly child: GatedChild;
  /**
   * This program's ends of what is piped, by the child's descriptors: those of
   * pipes, and from 3 on of sockets. They do not block, and are the caller's to
   * close.
   */
  readonly pipes: ReadonlyMap<number, number>;
}

/**
 * Prepares a child as {@linkcode spawn} does, and leaves it at its gate.
 *
 * The caller's environment is copied, so that it may change in the meantime.
 *
 * @param command The program: its name, or a path with a slash.
 * @param options How it is started. `signal` is not looked at.
 * @param lastSteps Steps that it takes right before its exec.
 * @returns The child, and this program's ends of its pipes.
 * @throws {SystemError} If it cannot be made.
 * @throws {TypeError} If an option cannot be used.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import { spawnAtGate } from "@procctl/spawn/spawn-at-gate";
 *
 * const { child } = spawnAtGate("sh", { args: ["-c", "echo through"] });
 * child.open();
 * child.executed(); // prints: through
 * ```
 */
export function spawnAtGate(
  command: PathLike,
  options: SpawnOptions = {},
  lastSteps: readonly Step[] = [],
): GatedSpawn {
  const prepared = prepare(command, options, { atGate: true, lastSteps });
  refuseFifos(prepared.descriptors);
  const pipes = makePipes(prepared.descriptors);
  let child: GatedChild | undefined;
  try {
    child = prepared.program(pipes.child).startAtGate();
    if (options.namespaces?.includes("user")) mapCaller(child, options);
    pipes.closeChildEnds();
    return { child, pipes: pipes.own };
  } catch (error) {
    child?.[Symbol.dispose]();
    pipes[Symbol.dispose]();
    throw error;
  }
}
