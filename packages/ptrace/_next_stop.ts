import { lazySymbols, orErrno, wasInterrupted } from "@procctl/libc";
import {
  __WALL,
  PTRACE_EVENT_SECCOMP,
  PTRACE_EVENT_STOP,
  WNOHANG,
} from "./constants.ts";

const libc = lazySymbols({
  // int waitid(idtype_t idtype, id_t id, siginfo_t *infop, int options)
  waitid: { parameters: ["i32", "i32", "buffer", "i32"], result: "i32" },
});

/** A stop of a task. */
export interface Stop {
  /** The signal, with bit 7 at a system call. */
  readonly signal: number;
  /** The `PTRACE_EVENT_*`, or 0. */
  readonly event: number;
}

const P_PID = 1;
const WSTOPPED = 2;
const WNOWAIT = 0x01000000;
const CLD_TRAPPED = 4;
/** siginfo_t, and where it tells what happened, and how. */
const waited = new Int32Array(new ArrayBuffer(128));
const CODE_INDEX = 2;
const STATUS_INDEX = 6;

/**
 * Waits for the next stop of a task, and takes it. What is none that can be in
 * the middle of a call is left to be waited for.
 */
export function nextStop(tid: number): Stop | undefined {
  if (!isStopThere(tid)) return undefined;
  const status = waited[STATUS_INDEX]!;
  const stop = { signal: status & 0xff, event: status >> 8 };
  const isExpected = stop.event === 0 || stop.event === PTRACE_EVENT_STOP ||
    stop.event === PTRACE_EVENT_SECCOMP;
  return isExpected && wait(tid, WNOHANG) ? stop : undefined;
}

/**
 * Waits for the next stop of a task, and leaves it to be waited for; false if it
 * has ended.
 */
export function isStopThere(tid: number): boolean {
  return wait(tid, WNOWAIT);
}

/**
 * Nothing is asked of its end: that of a process is told only when those of its
 * threads have been waited for. That there is no task to stop, ECHILD, is told
 * at once.
 */
function wait(tid: number, options: number): boolean {
  const flags = WSTOPPED | __WALL | options;
  let result: number;
  do result = orErrno(libc.waitid(P_PID, tid, waited, flags)); while (
    wasInterrupted(result)
  );
  return result === 0 && waited[CODE_INDEX] === CLD_TRAPPED;
}
