/**
 * prlimit64(2) as the kernel has it: numbers of resources, exact limits.
 *
 * @module
 */

import { callPrlimit64, type Rlimit64 } from "./_call.ts";
import { checkInt32, describe } from "./_check.ts";
import { prlimitError } from "./_failure.ts";
import { RLIM_INFINITY } from "./constants.ts";

export type { Rlimit64 } from "./_call.ts";

/**
 * Gets the limits of a process, and sets them if new ones are given: prlimit(2)
 * as C has it, with nothing in between.
 *
 * The old limits are from the instant at which the new ones were set.
 *
 * @param pid The process, or 0 for this one. The number of any of its threads
 * stands for all of it.
 * @param resource The resource, such as `RLIMIT_NOFILE`.
 * @param change The new limits, each from 0 to `RLIM_INFINITY`, which is
 * unlimited; without them nothing is set.
 * @returns The old limits, exactly.
 * @throws {SystemError} `EINVAL` if there is no such resource or the soft limit
 * is above the hard one, `EPERM` if it is not permitted, `ESRCH` if there is no
 * such process. The message names the rule that was broken.
 * @throws {RangeError} If `pid` or `resource` is not a 32-bit integer, or a limit
 * not one of 64 bits without a sign.
 * @throws {TypeError} If a limit is not a bigint.
 *
 * @example Usage
 * ```ts
 * import { prlimit64, RLIMIT_CORE } from "@procctl/rlimit";
 *
 * const { hard } = prlimit64(0, RLIMIT_CORE);
 * prlimit64(0, RLIMIT_CORE, { soft: 0n, hard });
 * console.log(prlimit64(0, RLIMIT_CORE).soft); // prints: 0n
 * ```
 */
export function prlimit64(
  pid: number,
  resource: number,
  change?: Rlimit64,
): Rlimit64 {
  checkInt32(pid, "pid");
  checkInt32(resource, "resource");
  if (change !== undefined) checkChange(change);
  const result = callPrlimit64(pid, resource, change);
  if (typeof result !== "number") return result;
  throw prlimitError(pid, resource, change, -result);
}

function checkChange(change: Rlimit64): void {
  for (const side of ["soft", "hard"] as const) {
    const limit = change?.[side];
    const action = `Cannot pass change.${side} to the kernel: ${
      describe(limit)
    }`;
    if (typeof limit !== "bigint") {
      throw new TypeError(`${action} is not a bigint`);
    }
    if (limit < 0n || limit > RLIM_INFINITY) {
      throw new RangeError(`${action} is not from 0 to 2^64 - 1`);
    }
  }
}
