/**
 * Limits for as long as a function runs.
 *
 * @module
 */

import { checkRecord } from "./_check.ts";
import { encodeValue } from "./_encode_change.ts";
import { updateLimit } from "./_update_limit.ts";
import { RESOURCES } from "./resources.ts";
import type { SoftLimits } from "./types.ts";

/**
 * Lowers soft limits for the time of a call, and restores them when it returns
 * or throws; if it returns a promise, when that is settled.
 *
 * Limits are the whole process's: they hold for other threads, and for whatever
 * else runs while an asynchronous function waits. Children that are started
 * within the call inherit them.
 *
 * The limit `stack` is not for a running program, and `as` and `data` make Deno
 * itself fail when it needs memory: see {@linkcode setrlimit}.
 *
 * @typeParam T What the function returns.
 * @param softLimits The soft limits, by resource. The hard ones stay.
 * @param fn The function.
 * @returns What the function returns.
 * @throws {SystemError} `EINVAL` if a limit is above the hard one. The function
 * was not called, and all limits are as before.
 * @throws {TypeError} If there is no such resource, or a limit is not one.
 * @throws {RangeError} If a limit is not a whole number that the kernel can hold.
 *
 * @example Usage
 * ```ts
 * import { getrlimit, withLimits } from "@procctl/rlimit";
 *
 * const soft = withLimits({ nofile: 256, core: 0 }, () => getrlimit("nofile").soft);
 * console.log(soft, getrlimit("nofile").soft > 256); // prints: 256 true
 * ```
 */
export function withLimits<T>(softLimits: SoftLimits, fn: () => T): T {
  const changes = checkRecord(softLimits, "softLimits").map((
    [name, value],
  ) => ({
    resource: RESOURCES[name].number,
    soft: encodeValue(value, name, "soft limit"),
  }));
  using undo = new DisposableStack();
  for (const { resource, soft } of changes) {
    const old = updateLimit(0, resource, { soft });
    undo.defer(() => {
      updateLimit(0, resource, { soft: old.soft });
    });
  }
  const result = fn();
  if (!isPromiseLike(result)) return result;
  return settle(result, undo.move()) as T;
}

async function settle(
  result: PromiseLike<unknown>,
  stack: DisposableStack,
): Promise<unknown> {
  using _undo = stack;
  return await result;
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value &&
    typeof value.then === "function";
}
