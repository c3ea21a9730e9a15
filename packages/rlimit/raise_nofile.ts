/**
 * Raising the limit of open files as far as it goes.
 *
 * @module
 */

import { toRlimit } from "./_rlimit.ts";
import { updateLimit } from "./_update_limit.ts";
import { RLIMIT_NOFILE } from "./constants.ts";
import { prlimit64 } from "./prlimit64.ts";

/**
 * Raises the soft limit of open files to the hard one, as Deno itself does when
 * it starts.
 *
 * It is for a program that lowered the limit, or whose limit another lowered.
 *
 * @returns The soft limit that now holds.
 * @throws {SystemError} `EPERM` if the hard limit is above fs.nr_open, which was
 * lowered since.
 *
 * @example Usage
 * ```ts
 * import { getrlimit, raiseNofile, setrlimit } from "@procctl/rlimit";
 *
 * setrlimit("nofile", { soft: 256 });
 * console.log(raiseNofile() === getrlimit("nofile").hard); // prints: true
 * ```
 */
export function raiseNofile(): number {
  const { hard } = prlimit64(0, RLIMIT_NOFILE);
  updateLimit(0, RLIMIT_NOFILE, { soft: hard });
  return toRlimit({ soft: hard, hard }).soft;
}
