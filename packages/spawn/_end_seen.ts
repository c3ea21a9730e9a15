import { closeFile, SystemError } from "@procctl/libc";
import type { Cgroup } from "./_cgroup.ts";
import { statOf } from "./_process_tree.ts";
import { openPidfd, sendSignal } from "./_syscall.ts";

const SIGKILL = 9;
const PAUSE = 10;
const MOST_TRIES = 50;

/**
 * Ends what a supervisor that was killed has left: the command, all that was
 * seen of it the last time, and all of its control group.
 *
 * @param seen When each process was started, by its number.
 * @returns Those of them that are left.
 */
export async function endSeen(
  pidfd: number,
  seen: ReadonlyMap<number, number>,
  cgroup: Cgroup | undefined,
): Promise<number[]> {
  const left = () => {
    const list = [...seen].filter(isStill).map(([pid]) => pid);
    return [...new Set([...list, ...cgroup?.processes() ?? []])];
  };
  attempt(() => sendSignal(pidfd, SIGKILL));
  cgroup?.kill();
  for (let tries = 0; tries < MOST_TRIES && left().length > 0; tries++) {
    for (const process of seen) kill(process);
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  return left();
}

/** Kills a process, and no other one that has got its number. */
function kill(process: readonly [pid: number, startTime: number]): void {
  const pidfd = openPidfd(process[0]);
  if (pidfd < 0) return;
  if (isStill(process)) attempt(() => sendSignal(pidfd, SIGKILL));
  closeFile(pidfd);
}

function isStill([pid, startTime]: readonly [number, number]): boolean {
  const stat = statOf(pid);
  return stat !== undefined && stat.startTime === startTime &&
    stat.state !== "Z";
}

/** Sends a signal where it may be sent. */
function attempt(send: () => unknown): void {
  try {
    send();
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
  }
}
