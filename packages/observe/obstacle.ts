/**
 * What keeps this program from observing, if something does.
 *
 * @module
 */

import { pageSize, SystemError } from "@procctl/libc";
import { describeMachine, onlineCpus } from "./_machine.ts";
import { Recorder } from "./_recorder.ts";

/** This thread, for perf_event_open(2). */
const SELF = 0;

/**
 * Finds what keeps this program from observing, by trying.
 *
 * It says nothing of a process of another user, which takes `CAP_PERFMON` or
 * root in any case.
 *
 * @returns The error that `observe()` would throw, whose message names what is
 * missing and its value; undefined if nothing is in the way.
 *
 * @example Usage
 * ```ts
 * import { findObstacle } from "@procctl/observe";
 *
 * const { message = "can be observed" } = findObstacle() ?? {};
 * console.log(message.startsWith("Cannot") || message === "can be observed"); // prints: true
 * ```
 */
export function findObstacle(): SystemError | undefined {
  try {
    const size = pageSize();
    using recorder = new Recorder(describeMachine(), onlineCpus().slice(0, 1), {
      ringSize: size,
      maxRingSize: size,
      latency: 1,
      isSizeChosen: true,
    });
    // It waits for an exec that does not come, so that it records nothing.
    recorder.add(SELF, true);
    return undefined;
  } catch (error) {
    if (error instanceof SystemError) return error;
    throw error;
  }
}
