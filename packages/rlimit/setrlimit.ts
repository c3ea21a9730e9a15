/**
 * setrlimit(2): setting a limit of this process.
 *
 * @module
 */

import { prlimit } from "./prlimit.ts";
import type { LimitChange, Resource } from "./types.ts";

/**
 * Sets limits of one resource for this process, all its threads, and the
 * children it will have, as setrlimit(2).
 *
 * A hard limit that was lowered cannot be raised again without CAP_SYS_RESOURCE,
 * which root often lacks too, as in a container.
 *
 * Some limits are not for the running program but for right before an exec: a
 * smaller stack than it uses ends it, and a larger one is of no use to threads
 * that have their stacks; V8 reserves gibibytes of address space, so with a limit
 * of `as` or `data` Deno may end at any time; and so it may by SIGXFSZ with a
 * small `fsize`, as it writes caches of its own. The option `limits` of `exec()` of
 * `@procctl/exec` sets limits right before.
 *
 * @param resource The resource.
 * @param change The new limits: a bare value sets both, an object with `soft` or
 * `hard` alone keeps the other side exactly.
 * @throws {SystemError} `EINVAL` if the soft limit is above the hard one, `EPERM`
 * if the hard limit may not be that high. The message names the rule.
 * @throws {TypeError} If there is no such resource, or a limit is not one.
 * @throws {RangeError} If a limit is not a whole number that the kernel can hold.
 *
 * @example Usage
 * ```ts
 * import { getrlimit, setrlimit } from "@procctl/rlimit";
 *
 * setrlimit("nofile", { soft: 256 });
 * setrlimit("fsize", "512MiB");
 * setrlimit("core", { soft: 0, hard: 0 });
 * console.log(getrlimit("nofile").soft); // prints: 256
 * console.log(getrlimit("fsize")); // prints: { soft: 536870912, hard: 536870912 }
 * ```
 *
 * @example Why it is refused
 * ```ts
 * import { setrlimit } from "@procctl/rlimit";
 * import { SystemError } from "@procctl/libc";
 *
 * try {
 *   setrlimit("nofile", { soft: 101, hard: 100 });
 * } catch (error) {
 *   if (!(error instanceof SystemError)) throw error;
 *   console.log(error.message);
 *   // prints: Cannot set the limit "nofile" to 101:100: the soft limit is above the hard limit: EINVAL
 * }
 * ```
 */
export function setrlimit(resource: Resource, change: LimitChange): void {
  prlimit(0, resource, change);
}
