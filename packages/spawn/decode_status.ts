/**
 * Statuses of wait(2) in words: for those who wait for a process by themselves.
 *
 * @module
 * @experimental
 */

import { type Signal, signalName } from "@procctl/libc";
import type { Status, Usage } from "./status.ts";

/**
 * Decodes how a process ended: `WIFEXITED` and its kin, for a process that did.
 *
 * @param status The status, as wait(2) has it.
 * @param usage What it used, `struct rusage` as wait4(2) has it, in words of 64
 * bits; without it all that it used is NaN.
 * @returns How it ended.
 *
 * @example Usage
 * ```ts
 * import { decodeStatus } from "@procctl/spawn/decode-status";
 *
 * console.log(decodeStatus(0x0300).code); // prints: 3
 * console.log(decodeStatus(9).signal); // prints: SIGKILL
 * ```
 */
export function decodeStatus(status: number, usage?: BigInt64Array): Status {
  const used = usage === undefined ? UNKNOWN : decodeUsage(usage);
  const signal = status & 0x7f;
  if (signal === 0) {
    const code = (status >> 8) & 0xff;
    const success = code === 0;
    return { success, code, signal: null, coreDumped: false, usage: used };
  }
  return {
    success: false,
    code: 128 + signal,
    signal: signalName(signal) as Signal,
    coreDumped: (status & 0x80) !== 0,
    usage: used,
  };
}

function decodeUsage(usage: BigInt64Array): Usage {
  const number = (index: number) => Number(usage[index]);
  const seconds = (index: number) => number(index) + number(index + 1) / 1e6;
  return {
    userTime: seconds(0),
    systemTime: seconds(2),
    peakMemory: number(4) * 1024,
    minorFaults: number(8),
    majorFaults: number(9),
    voluntarySwitches: number(16),
    involuntarySwitches: number(17),
  };
}

/** What a process used of which the kernel kept nothing but the status. */
const UNKNOWN: Usage = {
  userTime: NaN,
  systemTime: NaN,
  peakMemory: NaN,
  minorFaults: NaN,
  majorFaults: NaN,
  voluntarySwitches: NaN,
  involuntarySwitches: NaN,
};
