import { checkResource, describe } from "./_check.ts";
import { RLIM_INFINITY } from "./constants.ts";
import { parseLimit } from "./parse_limit.ts";
import type { LimitChange, LimitValue, Resource } from "./types.ts";

/** A change as the kernel takes it; a side that is left out stays as it is. */
export interface EncodedChange {
  /** The soft limit. */
  soft?: bigint;
  /** The hard limit. */
  hard?: bigint;
}

/** Checks a change, before any system call. */
export function encodeChange(
  resource: Resource,
  change: LimitChange,
): EncodedChange {
  checkResource(resource);
  if (typeof change !== "object") {
    const both = encodeValue(change, resource, "limit");
    return { soft: both, hard: both };
  }
  const { soft, hard } = change ?? {};
  if (soft === undefined && hard === undefined) {
    throw new TypeError(
      `Cannot change the limit "${resource}" to ${
        describe(change)
      }: expected a value, or an object with soft, hard or both`,
    );
  }
  return {
    ...(soft === undefined
      ? {}
      : { soft: encodeValue(soft, resource, "soft limit") }),
    ...(hard === undefined
      ? {}
      : { hard: encodeValue(hard, resource, "hard limit") }),
  };
}

/** Checks one limit, before any system call. */
export function encodeValue(
  value: LimitValue,
  resource: Resource,
  what: "limit" | "soft limit" | "hard limit",
): bigint {
  if (typeof value === "string") return encode(parseLimit(value, resource));
  if (isLimit(value)) return encode(value);
  const action = `Cannot set the ${what} "${resource}" to ${describe(value)}`;
  if (typeof value === "number") {
    throw new RangeError(
      `${action}: expected a whole number from 0 to 2^53 - 1 or Infinity, or a bigint`,
    );
  }
  if (typeof value === "bigint") {
    throw new RangeError(`${action}: expected a bigint from 0 to 2^64 - 1`);
  }
  throw new TypeError(`${action}: expected a number, a bigint or text`);
}

/** A number above 2^53 - 1 may be the nearest to another limit than was meant. */
function isLimit(value: number | bigint): boolean {
  return typeof value === "bigint"
    ? value >= 0n && value <= RLIM_INFINITY
    : value === Infinity || (Number.isSafeInteger(value) && value >= 0);
}

function encode(limit: number | bigint): bigint {
  return limit === Infinity ? RLIM_INFINITY : BigInt(limit);
}
