/**
 * Reading a limit as people write it: `"64MiB"`.
 *
 * @module
 */

import { checkResource, describe } from "./_check.ts";
import { NOTATIONS, type Unit } from "./_units.ts";
import { RLIM_INFINITY } from "./constants.ts";
import { RESOURCES } from "./resources.ts";
import type { Resource } from "./types.ts";

/**
 * Reads a limit that a user wrote.
 *
 * - Digits alone are in the resource's own unit.
 * - Of bytes, `K` and `KiB` are 1024, `KB` is 1000, and so on for M, G, T, P and
 *   E; `B` is 1. Their case does not matter.
 * - Of what is counted, such as descriptors, `K` is 1024 too, and so on.
 * - Times take `us`, `ms`, `s`, `min` or `m`, `h` and `d`, and must come to a
 *   whole number of the resource's unit: seconds of `cpu`, microseconds of
 *   `rttime`.
 * - `unlimited` and `infinity` are no limit.
 *
 * Nothing else is taken: no sign, blank, fraction or exponent, no other base.
 *
 * @param text The limit, such as `"512MiB"`.
 * @param resource What it limits. Without it the text is taken for bytes.
 * @returns The limit in the resource's unit: a number where one is exact, a
 * bigint above `Number.MAX_SAFE_INTEGER`, `Infinity` for unlimited.
 * @throws {TypeError} If the text is not a limit, or there is no such resource.
 * @throws {RangeError} If the limit is above 2^64 - 2, the greatest there is, or
 * does not come to a whole number.
 *
 * @example Usage
 * ```ts
 * import { parseLimit } from "@procctl/rlimit";
 *
 * console.log(parseLimit("512MiB", "as")); // prints: 536870912
 * console.log(parseLimit("1h", "cpu")); // prints: 3600
 * console.log(parseLimit("250ms", "rttime")); // prints: 250000
 * console.log(parseLimit("unlimited", "core")); // prints: Infinity
 * ```
 */
export function parseLimit(
  text: string,
  resource?: Resource,
): number | bigint {
  if (resource !== undefined) checkResource(resource);
  const unit = resource === undefined ? "bytes" : RESOURCES[resource].unit;
  const of = resource === undefined ? "" : ` of "${resource}"`;
  const action = `Cannot parse the limit ${describe(text)}${of}`;
  if (text === "unlimited" || text === "infinity") return Infinity;
  const { units, anyCase, scale, expected } = NOTATIONS[unit];
  const [, digits, name] = typeof text === "string"
    ? /^([0-9]+)([a-z]*)$/i.exec(text) ?? []
    : [];
  const factor = name === "" ? scale : factorOf(name, units, anyCase);
  if (digits === undefined || factor === undefined) {
    throw new TypeError(`${action}: expected ${expected}`);
  }
  const product = BigInt(digits) * factor;
  if (product % scale !== 0n) {
    throw new RangeError(`${action}: it is not a whole number of ${unit}`);
  }
  const limit = product / scale;
  if (limit >= RLIM_INFINITY) {
    throw new RangeError(
      `${action}: it is above 2^64 - 2, and no limit is "unlimited"`,
    );
  }
  return limit <= Number.MAX_SAFE_INTEGER ? Number(limit) : limit;
}

function factorOf(
  name: string | undefined,
  units: readonly Unit[],
  anyCase: boolean,
): bigint | undefined {
  const fold = (text?: string) => anyCase ? text?.toUpperCase() : text;
  return units.find((unit) => fold(unit.name) === fold(name))?.factor;
}
