/**
 * Ending all that is left of a command.
 *
 * @module
 */

import { closeFile, SystemError } from "@procctl/libc";
import type { Account } from "./_account.ts";
import { statOf } from "./_process_tree.ts";
import type { Sampler } from "./_sampler.ts";
import { signalGroup } from "./_signal_group.ts";
import type { StartedLimited } from "./_start_limited.ts";
import { SupervisorLost } from "./_supervisor.ts";
import { sweep } from "./_sweep.ts";
import { openPidfd, sendSignal } from "./_syscall.ts";

const SIGKILL = 9;
const PAUSE = 10;
const MOST_TRIES = 50;

/** A command, as far as it has to be known. */
export interface Left {
  started: StartedLimited;
  account: Account;
  sampler: Sampler;
  /** Its process group, if that is its own. */
  group: number | undefined;
}

/** What was found. */
export interface EndedAll {
  /** How many processes there were but the first one. */
  leftBehind: number;
  /** Those that are still there. */
  escaped: number[];
  /** Whether the supervisor had been killed. */
  isLost: boolean;
}

/** Ends all processes of a command that are still there. */
export async function endAll(left: Left): Promise<EndedAll> {
  const { started, account, sampler, group } = left;
  const { child, supervisor, cgroup } = started;
  try {
    if (account.reap()) return { leftBehind: 0, escaped: [], isLost: false };
    const present = sampler.list().filter((pid) =>
      pid !== child.pid && !"ZX".includes(statOf(pid)?.state ?? "X")
    );
    cgroup?.kill();
    const reap = () => account.reap();
    const escaped = await sweep({ root: supervisor.pid, group, reap });
    return { leftBehind: present.length, escaped, isLost: false };
  } catch (error) {
    const escaped = await endSeen(left);
    if (!(error instanceof SupervisorLost)) throw error;
    return { leftBehind: sampler.seen.size, escaped, isLost: true };
  }
}

/**
 * Ends what is known of a command whose supervisor was killed, or whose
 * processes the kernel does not tell of.
 */
async function endSeen(
  { started: { child, cgroup }, sampler: { seen }, group }: Left,
): Promise<number[]> {
  const left = () => {
    const list = [...seen].filter(isStill).map(([pid]) => pid);
    return [...new Set([...list, ...cgroup?.processes() ?? []])];
  };
  attempt(() => sendSignal(child.pidfd, SIGKILL));
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
  try {
    if (isStill(process)) attempt(() => sendSignal(pidfd, SIGKILL));
  } finally {
    closeFile(pidfd);
  }
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
