/**
 * Reading the name of a resource.
 *
 * @module
 */

import { describe, expectedNames, isResource } from "./_check.ts";
import type { Resource } from "./types.ts";

/**
 * Reads the name of a resource that a user wrote: in any case, with or without
 * C's `RLIMIT_`.
 *
 * @param text The name, such as `"RLIMIT_NOFILE"`.
 * @returns The name that the other functions take, such as `"nofile"`.
 * @throws {TypeError} If there is no such resource.
 *
 * @example Usage
 * ```ts
 * import { parseResource } from "@procctl/rlimit";
 *
 * console.log(parseResource("RLIMIT_NOFILE"), parseResource("As")); // prints: nofile as
 * ```
 */
export function parseResource(text: string): Resource {
  const name = typeof text === "string"
    ? text.toLowerCase().replace(/^rlimit_/, "")
    : undefined;
  if (isResource(name)) return name;
  throw new TypeError(
    `Cannot parse the resource ${describe(text)}: ${expectedNames()}`,
  );
}
