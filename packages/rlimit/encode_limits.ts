/**
 * Limits as the kernel takes them.
 *
 * @module
 */

import { checkRecord } from "./_check.ts";
import { encodeChange } from "./_encode_change.ts";
import { RESOURCES } from "./resources.ts";
import type { Limits, Resource } from "./types.ts";

/** One change as the kernel takes it, checked. */
export interface EncodedLimit {
  /** The resource's name. */
  name: Resource;
  /** The number that {@linkcode prlimit64} takes. */
  resource: number;
  /** The soft limit; without it that of the process stays. */
  soft?: bigint;
  /** The hard limit; without it that of the process stays. */
  hard?: bigint;
}

/**
 * Checks changes to limits, and gives what {@linkcode prlimit64} takes, without
 * any system call.
 *
 * It is for what sets limits somewhere else or later, such as a program that
 * prepares a child. A change of one side takes the other from the process, at
 * the time when it is made.
 *
 * @param limits The changes by resource. One that is undefined is passed over.
 * @param name What the changes are, for errors.
 * @returns The changes, in the order in which they are given.
 * @throws {TypeError} If `limits` is not an object, there is no such resource, or
 * a limit is not one.
 * @throws {RangeError} If a limit is not a whole number that the kernel can hold.
 *
 * @example Usage
 * ```ts
 * import { encodeLimits } from "@procctl/rlimit";
 *
 * console.log(encodeLimits({ stack: { soft: "64MiB" } }));
 * // prints: [ { name: "stack", resource: 3, soft: 67108864n } ]
 * ```
 */
export function encodeLimits(limits: Limits, name = "limits"): EncodedLimit[] {
  return checkRecord(limits, name).map(([key, change]) => ({
    name: key,
    resource: RESOURCES[key].number,
    ...encodeChange(key, change),
  }));
}
