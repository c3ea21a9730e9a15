import type { Usage } from "./status.ts";

/** What nobody used. */
export const NO_USAGE: Usage = {
  userTime: 0,
  systemTime: 0,
  peakMemory: 0,
  minorFaults: 0,
  majorFaults: 0,
  voluntarySwitches: 0,
  involuntarySwitches: 0,
};

/** What two used together; of memory, the larger one's. */
export function addUsage(a: Usage, b: Usage): Usage {
  return {
    userTime: a.userTime + b.userTime,
    systemTime: a.systemTime + b.systemTime,
    peakMemory: Math.max(a.peakMemory, b.peakMemory),
    minorFaults: a.minorFaults + b.minorFaults,
    majorFaults: a.majorFaults + b.majorFaults,
    voluntarySwitches: a.voluntarySwitches + b.voluntarySwitches,
    involuntarySwitches: a.involuntarySwitches + b.involuntarySwitches,
  };
}
