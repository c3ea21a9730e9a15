/**
 * What the kernel tells of the processes below one.
 *
 * @module
 */

import { readDirectory, readFile, SystemError } from "@procctl/libc";

/** USER_HZ, in which /proc counts time: the same for all programs. */
const TICKS_A_SECOND = 100;
const ENOENT = 2;
const ESRCH = 3;
const decoder = new TextDecoder();

/** A process, as /proc/PID/stat has it. */
export interface ProcessStat {
  pid: number;
  /** The letter of its state. */
  state: string;
  parent: number;
  /** Its process group. */
  group: number;
  session: number;
  /** Seconds of processor time, its own. */
  cpuTime: number;
  /** The same of the children that it waited for. */
  childrenTime: number;
  /** How many threads it has. */
  threads: number;
  /** When it was started, in ticks since the machine was. */
  startTime: number;
  /** Bytes of address space. */
  addressSpace: number;
  /** Pages in memory. */
  pages: number;
}

/** What the kernel tells of a process, or undefined if there is none. */
export function statOf(pid: number): ProcessStat | undefined {
  const text = tryRead(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The name before, in parentheses, may have anything in it.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const field = (number: number) => Number(fields[number - 3]);
  return {
    pid,
    state: fields[0]!,
    parent: field(4),
    group: field(5),
    session: field(6),
    cpuTime: (field(14) + field(15)) / TICKS_A_SECOND,
    childrenTime: (field(16) + field(17)) / TICKS_A_SECOND,
    threads: field(20),
    startTime: field(22),
    addressSpace: field(23),
    pages: field(24),
  };
}

/** The children of all threads of a process. */
export function childrenOf(pid: number): number[] {
  const tasks = ifThere(() => readDirectory(`/proc/${pid}/task`)) ?? [];
  return tasks.flatMap((name) => {
    const task = decoder.decode(name);
    const list = tryRead(`/proc/${pid}/task/${task}/children`) ?? "";
    return list.split(" ").filter((it) => it !== "").map(Number);
  });
}

/**
 * The memory of a process, of what it shares with others its share of it, in
 * bytes; 0 once it has ended, undefined where that is not told.
 */
export function proportionalMemory(pid: number): number | undefined {
  try {
    const text = tryRead(`/proc/${pid}/smaps_rollup`) ?? "";
    return 1024 * Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0);
  } catch (error) {
    // One that became another user's does not let itself be looked into.
    if (error instanceof SystemError) return undefined;
    throw error;
  }
}

/** How many descriptors a process has open; 0 where that is not told. */
export function descriptorCount(pid: number): number {
  try {
    return ifThere(() => readDirectory(`/proc/${pid}/fd`))?.length ?? 0;
  } catch (error) {
    if (error instanceof SystemError) return 0;
    throw error;
  }
}

/**
 * All processes below one, each before its own children. One that is made or
 * ends in the meantime may be missing, and so may those below it: only of
 * processes that all stand still it is the whole list.
 */
export function descendantsOf(pid: number): number[] {
  const found = [...childrenOf(pid)];
  const seen = new Set(found);
  // The list grows while it is gone through.
  for (const process of found) {
    for (const child of childrenOf(process)) {
      if (seen.has(child)) continue;
      seen.add(child);
      found.push(child);
    }
  }
  return found;
}

/** The text of a file of /proc, or undefined once its process is gone. */
function tryRead(path: string): string | undefined {
  const bytes = ifThere(() => readFile(path));
  return bytes && decoder.decode(bytes);
}

function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const isGone = error instanceof SystemError &&
      (error.errno === ENOENT || error.errno === ESRCH);
    if (isGone) return undefined;
    throw error;
  }
}
