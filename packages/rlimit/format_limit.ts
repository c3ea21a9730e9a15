/**
 * Writing a limit in a unit that people read.
 *
 * @module
 */

import { checkResource, describe } from "./_check.ts";
import { NOTATIONS } from "./_units.ts";
import { RLIM_INFINITY } from "./constants.ts";
import { RESOURCES } from "./resources.ts";
import type { Resource } from "./types.ts";

/** How {@linkcode formatLimit} writes. */
export interface FormatLimitOptions {
  /**
   * Write digits alone, in the resource's own unit.
   *
   * @default {false}
   */
  raw?: boolean;
}

/**
 * Writes a limit for people, in the largest unit that leaves a whole number; so
 * {@linkcode parseLimit} reads the very same limit.
 *
 * @param limit The limit in the resource's unit; `Infinity` and `RLIM_INFINITY`
 * are unlimited.
 * @param resource What it limits. Without it the limit is taken for bytes.
 * @param options How to write it.
 * @returns The text, such as `"8MiB"`, `"90min"`, `"1024"` or `"unlimited"`.
 * @throws {RangeError} If the limit is not a whole number from 0 to 2^64 - 1.
 * @throws {TypeError} If it is not a number, or there is no such resource.
 *
 * @example Usage
 * ```ts
 * import { formatLimit } from "@procctl/rlimit";
 *
 * console.log(formatLimit(8388608, "stack")); // prints: 8MiB
 * console.log(formatLimit(8388608, "stack", { raw: true })); // prints: 8388608
 * console.log(formatLimit(5400, "cpu")); // prints: 90min
 * console.log(formatLimit(Infinity, "core")); // prints: unlimited
 * ```
 */
export function formatLimit(
  limit: number | bigint,
  resource?: Resource,
  options: FormatLimitOptions = {},
): string {
  if (resource !== undefined) checkResource(resource);
  const { raw = false } = options;
  if (limit === Infinity || limit === RLIM_INFINITY) return "unlimited";
  const exact = toBigint(limit);
  const unit = resource === undefined ? "bytes" : RESOURCES[resource].unit;
  if (raw || unit === "count" || exact === 0n) return String(exact);
  const { units, scale } = NOTATIONS[unit];
  const product = exact * scale;
  const { name, factor } = units.find(({ factor }) => product % factor === 0n)!;
  return `${product / factor}${name}`;
}

/** As large as {@linkcode getrlimit} gives it: 2^64 is the nearest to 2^64 - 2. */
const MAX_NUMBER = 2 ** 64;

function toBigint(limit: number | bigint): bigint {
  if (typeof limit !== "number" && typeof limit !== "bigint") {
    throw new TypeError(
      `Cannot format ${
        describe(limit)
      } as a limit: expected a number or bigint`,
    );
  }
  const isLimit = typeof limit === "bigint"
    ? limit >= 0n && limit <= RLIM_INFINITY
    : Number.isInteger(limit) && limit >= 0 && limit <= MAX_NUMBER;
  if (isLimit) return BigInt(limit);
  throw new RangeError(
    `Cannot format ${limit} as a limit: expected a whole number from 0 to 2^64 - 1`,
  );
}
