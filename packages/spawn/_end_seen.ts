import { closeFile, SystemError } from "@procctl/libc";
import type { Cgroup } from "./_cgroup.ts";
import { statOf } from "./_process_tree.ts";
import { signalGroup } from "./_signal_group.ts";
import { openPidfd, sendSignal } from "./_syscall.ts";

const SIGKILL = 9;
const PAUSE = 10;
const MOST_TRIES = 50;

/** What a supervisor that was killed has left. */
export interface Seen {
  /** The command. */
  pidfd: number;
  /** Its process group, if that is its own. */
  group: number | undefined;
  /** Its processes of the last look: when each was started, by its number. */
  seen: ReadonlyMap<number, number>;
  /** Its control group. */
  cgroup: Cgroup | undefined;
}

/**
 * Ends what a supervisor that was killed has left, as far as it is known.
 *
 * @returns Those that were seen, and are left.
 */
export async function endSeen(
  { pidfd, group, seen, cgroup }: Seen,
): Promise<number[]> {
  const left = () => {
    const list = [...seen].filter(isStill).map(([pid]) => pid);
    return [...new Set([...list, ...cgroup?.processes() ?? []])];
  };
  attempt(() => sendSignal(pidfd, SIGKILL));
  if (group !== undefined) attempt(() => signalGroup(group, SIGKILL));
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
