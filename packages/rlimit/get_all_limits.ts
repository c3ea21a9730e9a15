/**
 * Every limit of a process at once.
 *
 * @module
 */

import { readFile } from "@procctl/libc/files";
import { SystemError } from "@procctl/libc/system-error";
import type { Rlimit64 } from "./_call.ts";
import { parseProcLimits } from "./_proc_limits.ts";
import { toRlimit } from "./_rlimit.ts";
import { prlimit64 } from "./prlimit64.ts";
import { RESOURCES } from "./resources.ts";
import type { Resource, Rlimit } from "./types.ts";

/**
 * Gets the limits of all 16 resources, in the order of their numbers.
 *
 * Where prlimit(2) says EPERM, as it does for another user's process, they are
 * read from /proc/PID/limits, which everyone may read unless /proc is mounted
 * with `hidepid`.
 *
 * @param pid The process, or 0 for this one.
 * @returns The limits by resource, as {@linkcode getrlimit} gives them.
 * @throws {SystemError} `ESRCH` if there is no such process, `EPERM` if it is
 * another user's and its file in /proc cannot be read either.
 * @throws {RangeError} If `pid` is not a 32-bit integer.
 *
 * @example Usage
 * ```ts
 * import { getAllLimits } from "@procctl/rlimit";
 *
 * const limits = getAllLimits();
 * console.log(Object.keys(limits).length, limits.nofile.soft > 0); // prints: 16 true
 * ```
 */
export function getAllLimits(pid = 0): Record<Resource, Rlimit> {
  return mapLimits(getAllLimits64(pid), toRlimit);
}

/**
 * The same as {@linkcode getAllLimits}, but exact above
 * `Number.MAX_SAFE_INTEGER` too.
 *
 * @param pid The process, or 0 for this one.
 * @returns The limits by resource, as {@linkcode prlimit64} gives them.
 * @throws {SystemError} As {@linkcode getAllLimits} does.
 * @throws {RangeError} If `pid` is not a 32-bit integer.
 *
 * @example Usage
 * ```ts
 * import { getAllLimits64, RLIM_INFINITY } from "@procctl/rlimit";
 *
 * const { rss } = getAllLimits64();
 * console.log(rss.hard === RLIM_INFINITY); // prints: true
 * ```
 */
export function getAllLimits64(pid = 0): Record<Resource, Rlimit64> {
  try {
    return mapLimits(RESOURCES, ({ number }) => prlimit64(pid, number));
  } catch (error) {
    if (!(error instanceof SystemError) || error.code !== "EPERM") throw error;
    return readProcLimits(pid, error);
  }
}

function readProcLimits(
  pid: number,
  denial: SystemError,
): Record<Resource, Rlimit64> {
  try {
    const text = readFile(`/proc/${pid}/limits`);
    return parseProcLimits(new TextDecoder().decode(text));
  } catch (error) {
    // What was asked for is the process; its file was only a way.
    if (error instanceof SystemError) throw denial;
    throw error;
  }
}

function mapLimits<T, U>(
  table: Readonly<Record<Resource, T>>,
  map: (value: T) => U,
): Record<Resource, U> {
  const entries = Object.entries(table).map(([key, value]) => [
    key,
    map(value),
  ]);
  return Object.fromEntries(entries);
}
