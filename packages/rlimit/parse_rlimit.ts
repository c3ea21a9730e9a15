/**
 * Reading both limits of a resource: `"soft:hard"`.
 *
 * @module
 */

import { describe } from "./_check.ts";
import { parseLimit } from "./parse_limit.ts";
import type { Resource } from "./types.ts";

/** Limits that {@linkcode parseRlimit} read; a side that is left out stays. */
export interface ParsedRlimit {
  /** The soft limit, in the resource's unit. */
  soft?: number | bigint;
  /** The hard limit, in the resource's unit. */
  hard?: number | bigint;
}

/**
 * Reads a pair of limits as prlimit(1) takes them: `soft:hard`, `soft:`, `:hard`,
 * or one value for both.
 *
 * @param text The limits, such as `"1024:4096"`.
 * @param resource What they limit. Without it they are taken for bytes.
 * @returns The limits, each as {@linkcode parseLimit} gives it. It can be handed
 * to {@linkcode setrlimit}.
 * @throws {TypeError} If the text is not a pair of limits, or there is no such
 * resource.
 * @throws {RangeError} If a limit is above 2^64 - 2, or does not come to a whole
 * number.
 *
 * @example Usage
 * ```ts
 * import { parseRlimit } from "@procctl/rlimit";
 *
 * console.log(parseRlimit("1024:4096", "nofile")); // prints: { soft: 1024, hard: 4096 }
 * console.log(parseRlimit("8MiB:", "stack")); // prints: { soft: 8388608 }
 * ```
 */
export function parseRlimit(text: string, resource?: Resource): ParsedRlimit {
  const parts = typeof text === "string" ? text.split(":") : [];
  const [soft, hard] = parts;
  if (parts.length === 1) {
    const both = parseLimit(text, resource);
    return { soft: both, hard: both };
  }
  if (parts.length !== 2 || text === ":") {
    throw new TypeError(
      `Cannot parse the limits ${
        describe(text)
      }: expected "soft:hard", "soft:", ":hard" or one value for both`,
    );
  }
  return {
    ...(soft ? { soft: parseLimit(soft, resource) } : {}),
    ...(hard ? { hard: parseLimit(hard, resource) } : {}),
  };
}
