/**
 * Ending all processes below one that adopts.
 *
 * @module
 */

import { closeFile, SystemError } from "@procctl/libc";
import { descendantsOf, statOf } from "./_process_tree.ts";
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
  /** Reaps what it adopted, and what has ended by now. */
  reap(): void;
}

/**
 * Kills all processes below one.
 *
 * They are stopped first: one that runs could make another one between the look
 * at it and its end. What is killed leaves its children to the root, so that
 * none gets away, and what was overlooked is found there in the next round.
 *
 * @returns Those that are left: they may not be killed, or do not die.
 */
export async function sweep({ root, reap }: Swept): Promise<number[]> {
  const end = performance.now() + LONGEST;
  for (;;) {
    reap();
    const found = await standStill(root);
    if (found.length === 0) return [];
    const isAnyHit = signalAll(new Set([root, ...found]), found, SIGKILL);
    await pause();
    if (isAnyHit && performance.now() < end) continue;
    reap();
    return descendantsOf(root);
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
