/**
 * The resources that have limits.
 *
 * @module
 */

import type { Resource } from "./types.ts";

/** What a limit counts. */
export type ResourceUnit = "bytes" | "seconds" | "microseconds" | "count";

/** What is to be known of a resource. */
export interface ResourceInfo {
  /** The number that {@linkcode prlimit64} takes. */
  number: number;
  /** What its limits count. */
  unit: ResourceUnit;
  /** Its name in /proc/PID/limits. */
  procName: string;
  /** What is limited. */
  meaning: string;
  /** What happens at the soft limit. */
  atSoft: string;
  /** What happens at the hard limit, beyond that no soft limit may be above it. */
  atHard: string;
}

const NOTHING_MORE = "Nothing more";
const NO_EFFECT = "Nothing: Linux keeps the limit and does not use it";

/**
 * The 16 resources, in the order of their numbers.
 *
 * @example Usage
 * ```ts
 * import { RESOURCES } from "@procctl/rlimit";
 *
 * console.log(RESOURCES.nofile.number, RESOURCES.nofile.unit); // prints: 7 count
 * console.log(RESOURCES.fsize.atSoft); // prints: SIGXFSZ, then write(2) fails with EFBIG
 * ```
 */
export const RESOURCES: Readonly<Record<Resource, Readonly<ResourceInfo>>> = {
  cpu: {
    number: 0,
    unit: "seconds",
    procName: "Max cpu time",
    meaning: "CPU time of the process, with all its threads",
    atSoft: "SIGXCPU, and again after each second more",
    atHard: "SIGKILL",
  },
  fsize: {
    number: 1,
    unit: "bytes",
    procName: "Max file size",
    meaning: "Size of a file that the process writes",
    atSoft: "SIGXFSZ, then write(2) fails with EFBIG",
    atHard: NOTHING_MORE,
  },
  data: {
    number: 2,
    unit: "bytes",
    procName: "Max data size",
    meaning: "Heap and other private memory that can be written to",
    atSoft: "brk(2) and mmap(2) fail with ENOMEM",
    atHard: NOTHING_MORE,
  },
  stack: {
    number: 3,
    unit: "bytes",
    procName: "Max stack size",
    meaning: "Stack of the first thread; a quarter is for argv and environment",
    atSoft: "SIGSEGV; execve(2) fails with E2BIG",
    atHard: NOTHING_MORE,
  },
  core: {
    number: 4,
    unit: "bytes",
    procName: "Max core file size",
    meaning: "Size of a core file",
    atSoft: "The core file is cut; at 0 there is none",
    atHard: NOTHING_MORE,
  },
  rss: {
    number: 5,
    unit: "bytes",
    procName: "Max resident set",
    meaning: "Memory that is resident, once",
    atSoft: NO_EFFECT,
    atHard: NO_EFFECT,
  },
  nproc: {
    number: 6,
    unit: "count",
    procName: "Max processes",
    meaning: "Processes and threads of the user; root's are not limited",
    atSoft: "fork(2) fails with EAGAIN",
    atHard: NOTHING_MORE,
  },
  nofile: {
    number: 7,
    unit: "count",
    procName: "Max open files",
    meaning: "Numbers that a new descriptor may have: those below the limit",
    atSoft: "open(2) and its kin fail with EMFILE",
    atHard: NOTHING_MORE,
  },
  memlock: {
    number: 8,
    unit: "bytes",
    procName: "Max locked memory",
    meaning: "Memory that the process locks into RAM",
    atSoft: "mlock(2) fails with ENOMEM, or with EPERM at 0",
    atHard: NOTHING_MORE,
  },
  as: {
    number: 9,
    unit: "bytes",
    procName: "Max address space",
    meaning: "Address space of the process, used or only reserved",
    atSoft: "mmap(2) fails with ENOMEM; a growing stack gets SIGSEGV",
    atHard: NOTHING_MORE,
  },
  locks: {
    number: 10,
    unit: "count",
    procName: "Max file locks",
    meaning: "Locks on files, once",
    atSoft: NO_EFFECT,
    atHard: NO_EFFECT,
  },
  sigpending: {
    number: 11,
    unit: "count",
    procName: "Max pending signals",
    meaning: "Signals that are queued for processes of the user",
    atSoft: "sigqueue(3) and timer_create(2) fail with EAGAIN",
    atHard: NOTHING_MORE,
  },
  msgqueue: {
    number: 12,
    unit: "bytes",
    procName: "Max msgqueue size",
    meaning: "Memory of the POSIX message queues of the user",
    atSoft: "mq_open(3) fails with EMFILE",
    atHard: NOTHING_MORE,
  },
  nice: {
    number: 13,
    unit: "count",
    procName: "Max nice priority",
    meaning: "How far the nice value may be lowered: to 20 less the limit",
    atSoft: "setpriority(2) fails with EACCES",
    atHard: NOTHING_MORE,
  },
  rtprio: {
    number: 14,
    unit: "count",
    procName: "Max realtime priority",
    meaning: "Highest real-time priority that may be set",
    atSoft: "sched_setscheduler(2) fails with EPERM",
    atHard: NOTHING_MORE,
  },
  rttime: {
    number: 15,
    unit: "microseconds",
    procName: "Max realtime timeout",
    meaning: "CPU time of a real-time thread without a call that blocks",
    atSoft: "SIGXCPU, and again after each second more",
    atHard: "SIGKILL",
  },
};
