/**
 * Ending all processes below one that adopts.
 *
 * @module
 */

import { closeFile, SystemError } from "@procctl/libc";
import { ownGroups } from "./_own_groups.ts";
import { descendantsOf, statOf } from "./_process_tree.ts";
import { signalGroup } from "./_signal_group.ts";
import { openPidfd, sendSignal } from "./_syscall.ts";

const SIGKILL = 9;
const SIGSTOP = 19;
const EPERM = 1;
/** How often all are told to stand still before they are killed as they are. */
const MOST_LOOKS = 20;
/** How long it goes on in all, in milliseconds. */
const LONGEST = 5000;
/** How long it waits for what was killed or stopped. */
const PAUSE = 1;

/** What is to be swept. */
export interface Swept {
  /** The process below which nothing is to be left. */
  root: number;
  /** A process group that nobody else is in. */
  group: number | undefined;
  /** Reaps what has ended by now. Returns whether nothing is left. */
  reap(): boolean;
}

/**
 * Kills all processes below one.
 *
 * They are stopped first: one that runs could make another one between the look
 * at it and its end. What is killed leaves its children to the root, so that
 * none gets away, and what was overlooked is found there in the next round.
 * Against those that make another one and end, faster than one can look, whole
 * groups are killed, which the kernel does at once.
 *
 * @returns Those that are left: they may not be killed, or do not die.
 */
export async function sweep({ root, group, reap }: Swept): Promise<number[]> {
  const end = performance.now() + LONGEST;
  while (!reap()) {
    const found = await standStill(root);
    const known = new Set([root, ...found]);
    for (const own of groupsOf(known, group)) killGroup(own);
    const isAnyHit = signalAll(known, found, SIGKILL);
    await pause();
    // That none was found is no proof: it is one if none was there to reap.
    if (found.length > 0 && !isAnyHit || performance.now() > end) {
      return reap() ? [] : descendantsOf(root);
    }
  }
  return [];
}

function groupsOf(
  known: ReadonlySet<number>,
  group: number | undefined,
): Set<number> {
  const stats = [...known].map(statOf).filter((it) => it !== undefined);
  return ownGroups(stats, { group, session: statOf(Deno.pid)?.session });
}

function killGroup(group: number): void {
  try {
    signalGroup(group, SIGKILL);
  } catch (error) {
    // They became another user's.
    if (!(error instanceof SystemError)) throw error;
  }
}

/** Sends a signal to all below a process, as far as they are found. */
export function signalDescendants(root: number, signal: number): void {
  const found = descendantsOf(root);
  signalAll(new Set([root, ...found]), found, signal);
}

/** Stops all processes below one, and gives the list of them. */
async function standStill(root: number): Promise<number[]> {
  let found = descendantsOf(root);
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    const moving = found.filter(isMoving);
    if (moving.length === 0) return found;
    signalAll(new Set([root, ...found]), moving, SIGSTOP);
    if (looks > 0) await pause();
    found = descendantsOf(root);
  }
  return found;
}

function isMoving(pid: number): boolean {
  const state = statOf(pid)?.state;
  return state !== undefined && !"TtZX".includes(state);
}

/**
 * Sends a signal to processes, and to no others that got their numbers since:
 * whose parent is one of those known is one of theirs.
 *
 * @returns Whether it could be sent to any, or one was gone already.
 */
function signalAll(
  known: ReadonlySet<number>,
  pids: readonly number[],
  signal: number,
): boolean {
  return pids.filter((pid) => signalOne(pid, known, signal)).length > 0;
}

function signalOne(
  pid: number,
  parents: ReadonlySet<number>,
  signal: number,
): boolean {
  const pidfd = openPidfd(pid);
  if (pidfd < 0) return true;
  try {
    const stat = statOf(pid);
    const isOurs = stat !== undefined && parents.has(stat.parent);
    if (isOurs) sendSignal(pidfd, signal);
    return true;
  } catch (error) {
    // It became another user's.
    if (error instanceof SystemError && error.errno === EPERM) return false;
    throw error;
  } finally {
    closeFile(pidfd);
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE));
}
