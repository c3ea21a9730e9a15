/**
 * prlimit(2): the limits of any process, in units that people write.
 *
 * @module
 */

import { checkInt32, checkResource } from "./_check.ts";
import { encodeChange } from "./_encode_change.ts";
import { toRlimit } from "./_rlimit.ts";
import { updateLimit } from "./_update_limit.ts";
import { prlimit64 } from "./prlimit64.ts";
import { RESOURCES } from "./resources.ts";
import type { LimitChange, Resource, Rlimit } from "./types.ts";

/**
 * Gets the limits of one resource for any process, and sets them if a change is
 * given, as prlimit(2).
 *
 * Another user's process takes CAP_SYS_RESOURCE, even to get a limit of it. With
 * both sides given they change in one instant. With one side the other is read
 * first; should it change in between, it is kept as it is then.
 *
 * A limit of `stack` that is set while the process executes a program is lost:
 * at the end of execve(2) the kernel sets what it read at its begin.
 *
 * @param pid The process, or 0 for this one. The number of any of its threads
 * stands for all of it.
 * @param resource The resource.
 * @param change The new limits, as {@linkcode setrlimit} takes them; without
 * them nothing is set.
 * @returns The old limits in the resource's unit; `Infinity` is unlimited. One
 * above `Number.MAX_SAFE_INTEGER` becomes the nearest number;
 * {@linkcode prlimit64} gives it exactly.
 * @throws {SystemError} `ESRCH` if there is no such process, `EPERM` if it is
 * another user's or the hard limit may not be that high, `EINVAL` if the soft
 * limit is above the hard one. The message names the rule.
 * @throws {TypeError} If there is no such resource, or a limit is not one.
 * @throws {RangeError} If `pid` is not a 32-bit integer, or a limit is not a
 * whole number that the kernel can hold.
 *
 * @example Usage
 * ```ts
 * import { prlimit } from "@procctl/rlimit";
 *
 * prlimit(Deno.pid, "core", { soft: 0 });
 * const old = prlimit(Deno.pid, "core", { soft: 0 });
 * console.log(old.soft, prlimit(Deno.pid, "core").soft); // prints: 0 0
 * ```
 */
export function prlimit(
  pid: number,
  resource: Resource,
  change?: LimitChange,
): Rlimit {
  checkInt32(pid, "pid");
  checkResource(resource);
  const { number } = RESOURCES[resource];
  return toRlimit(
    change === undefined
      ? prlimit64(pid, number)
      : updateLimit(pid, number, encodeChange(resource, change)),
  );
}
