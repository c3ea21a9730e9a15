/**
 * getrlimit(2): a limit of this process.
 *
 * @module
 */

import { prlimit } from "./prlimit.ts";
import type { Resource, Rlimit } from "./types.ts";

/**
 * Gets the limits of one resource for this process, as getrlimit(2).
 *
 * Deno raises the soft limit of `nofile` to the hard one when it starts: what
 * it was before is not to be had, and children inherit the raised one.
 *
 * @param resource The resource.
 * @returns The limits in the resource's unit; `Infinity` is unlimited. One above
 * `Number.MAX_SAFE_INTEGER` becomes the nearest number; {@linkcode prlimit64}
 * gives it exactly.
 * @throws {TypeError} If there is no such resource.
 *
 * @example Usage
 * ```ts
 * import { getrlimit } from "@procctl/rlimit";
 *
 * const { soft, hard } = getrlimit("nofile");
 * console.log(soft === hard); // prints: true
 * ```
 */
export function getrlimit(resource: Resource): Rlimit {
  return prlimit(0, resource);
}
