/**
 * What becomes of a child that waited at its gate.
 *
 * @module
 * @experimental
 */

import { closeFile } from "@procctl/libc";
import { reapQuietly } from "./_gated_child.ts";
import { sendSignal } from "./_syscall.ts";
import { Child } from "./child.ts";
import type { GatedSpawn } from "./spawn_at_gate.ts";
import type { SpawnOptions } from "./spawn_options.ts";

const SIGKILL = 9;

/**
 * Lets a child through its gate, and waits until it has executed its program.
 * From there on it is a child as `spawn()` starts it.
 *
 * @param gated The child at its gate, and this program's ends of its pipes.
 * @param options Those with which it was made: `signal` is looked at here.
 * @returns The child.
 * @throws {SystemError} If it cannot execute its program, or not be waited for.
 * Nothing is left of it, nor of its pipes.
 *
 * @example Usage
 * ```ts
 * import { letThrough } from "@procctl/spawn/let-through";
 * import { spawnAtGate } from "@procctl/spawn/spawn-at-gate";
 *
 * const options = { args: ["-c", "exit 3"] };
 * const child = letThrough(spawnAtGate("sh", options), options);
 * console.log((await child.status).code); // prints: 3
 * ```
 */
export function letThrough(
  { child: gated, pipes }: GatedSpawn,
  { signal, session = false, processGroup }: SpawnOptions = {},
): Child {
  const { pid, pidfd } = gated;
  try {
    gated.open();
    gated.executed();
  } catch (error) {
    gated[Symbol.dispose]();
    for (const fd of pipes.values()) closeFile(fd);
    throw error;
  }
  const leadsGroup = session || processGroup === 0;
  try {
    return new Child({ pid, pidfd, pipes, leadsGroup, signal });
  } catch (error) {
    // It has closed the pipes.
    sendSignal(pidfd, SIGKILL);
    reapQuietly(pid);
    closeFile(pidfd);
    throw error;
  }
}
