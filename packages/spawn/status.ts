/**
 * How a process ended, and what it used.
 *
 * @module
 */

import type { Signal } from "@procctl/libc";

/** How a process ended: as `Deno.CommandStatus`, and what it used. */
export interface Status {
  /** Whether it ended by itself with exit status 0. */
  success: boolean;
  /** Its exit status, or 128 and its signal's number, as a shell gives it. */
  code: number;
  /** The signal that ended it, or null. */
  signal: Signal | null;
  /** Whether that signal left a core file. */
  coreDumped: boolean;
  /** What it used, with all the children that it waited for. */
  usage: Usage;
}

/**
 * What a process used, as getrusage(2). Where SIGCHLD is ignored the kernel
 * tells none of it, and all are NaN.
 */
export interface Usage {
  /** Seconds of processor time in its own code. */
  userTime: number;
  /** Seconds of processor time in the kernel. */
  systemTime: number;
  /** The most memory that it had in use at a time, in bytes. */
  peakMemory: number;
  /** Page faults that needed no disk. */
  minorFaults: number;
  /** Page faults that needed one. */
  majorFaults: number;
  /** Times that it gave up the processor to wait for something. */
  voluntarySwitches: number;
  /** Times that the processor was taken from it. */
  involuntarySwitches: number;
}
