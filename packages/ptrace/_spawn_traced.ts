import { closeFile, type PathLike } from "@procctl/libc";
import type { SpawnOptions } from "@procctl/spawn";
import { spawnAtGate } from "@procctl/spawn/spawn-at-gate";
import type { Step } from "@procctl/spawn/steps";
import { seize } from "./_attach_requests.ts";
import { toExec } from "./_to_exec.ts";

/** A child that is stopped at its exec. */
export interface TracedChild {
  pid: number;
  pidfd: number;
  /** This program's ends of its pipes, by the child's descriptors. */
  pipes: ReadonlyMap<number, number>;
}

/**
 * Starts a program that is traced from its exec on, at which it is stopped.
 *
 * @param flags The `PTRACE_O_*`.
 * @param lastSteps Steps that it takes right before its exec.
 */
export function spawnTraced(
  command: PathLike,
  options: SpawnOptions,
  flags: number,
  lastSteps: readonly Step[],
): TracedChild {
  const { child, pipes } = spawnAtGate(command, options, lastSteps);
  using gated = child;
  try {
    seize(gated.pid, flags);
    gated.open();
    const { pid, pidfd } = gated;
    const end = toExec(pid);
    // If a step of it failed, this throws, and reaps it where that is to do.
    gated.executed();
    if (end === undefined) return { pid, pidfd, pipes };
    closeFile(pidfd);
    throw new Error(
      `Cannot trace task ${pid}: it ended before its exec, ${end}`,
    );
  } catch (error) {
    for (const fd of pipes.values()) closeFile(fd);
    throw error;
  }
}
