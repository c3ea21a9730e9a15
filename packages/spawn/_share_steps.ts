/**
 * Steps about a child's share of the machine: limits, priority, processors.
 *
 * @module
 */

import { RESOURCES } from "@procctl/rlimit/resources";
import { checkInteger, checkIntegers } from "./_check.ts";
import { plain } from "./_plain_step.ts";
import type { Step } from "./_step.ts";

const NO_LIMIT = 2n ** 64n - 1n;

/**
 * Sets both limits of a resource, as setrlimit(2).
 *
 * @param resource The resource's number, such as `RLIMIT_NOFILE`.
 * @param limit The limits; 2n ** 64n - 1n is none.
 * @returns The step; it fails with `EINVAL` if soft is above hard, with `EPERM`
 * if hard is raised without CAP_SYS_RESOURCE.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec, setrlimit } from "@procctl/spawn/steps";
 *
 * const RLIMIT_CORE = 4;
 * new ChildProgram()
 *   .add(setrlimit(RLIMIT_CORE, { soft: 0n, hard: 0n }))
 *   .add(exec("/bin/sh", ["sh", "-c", "ulimit -c"], {}))
 *   .run(); // prints: 0
 * ```
 */
export function setrlimit(
  resource: number,
  limit: { readonly soft: bigint; readonly hard: bigint },
): Step {
  checkInteger(resource, "resource", -(2 ** 31), 2 ** 31 - 1);
  for (const side of ["soft", "hard"] as const) {
    if (limit[side] < 0n || limit[side] > NO_LIMIT) {
      throw new RangeError(
        `Cannot use ${limit[side]} as ${side}: expected 0 to 2^64 - 1`,
      );
    }
  }
  const pair = new BigUint64Array([limit.soft, limit.hard]);
  return plain(
    "setrlimit",
    `Cannot set the limit ${nameOf(resource)} to ${format(limit.soft)}:${
      format(limit.hard)
    }`,
    "prlimit64",
    0,
    resource,
    new Uint8Array(pair.buffer),
    0,
  );
}

function nameOf(resource: number): string {
  const known = Object.entries(RESOURCES)
    .find(([, { number }]) => number === resource);
  return known === undefined ? `${resource}` : `"${known[0]}"`;
}

function format(limit: bigint): string {
  return limit === NO_LIMIT ? "unlimited" : `${limit}`;
}

const PRIO_PROCESS = 0;

/**
 * Sets the nice value, as setpriority(2).
 *
 * @param value The value itself, not what is added: -20, most of the time, to
 * 19, least.
 * @returns The step; it fails with `EACCES` if it is lowered without the right.
 * @throws {RangeError} If it is out of its range.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec, nice } from "@procctl/spawn/steps";
 *
 * new ChildProgram()
 *   .add(nice(19), exec("/bin/sh", ["sh", "-c", "nice"], {}))
 *   .run(); // prints: 19
 * ```
 */
export function nice(value: number): Step {
  checkInteger(value, "nice", -20, 19);
  const action = `Cannot set the nice value to ${value}`;
  return plain("nice", action, "setpriority", PRIO_PROCESS, 0, value);
}

const MAX_CPU = 8191;

/**
 * Sets the processors that the child may run on, as sched_setaffinity(2).
 *
 * @param cpus Their numbers, from 0.
 * @returns The step; it fails with `EINVAL` if none of them may be used.
 * @throws {TypeError} If there are none, or they are not a list.
 * @throws {RangeError} If one is out of its range.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { affinity, exec } from "@procctl/spawn/steps";
 *
 * new ChildProgram()
 *   .add(affinity([0]), exec("/bin/sh", ["sh", "-c", "nproc"], {}))
 *   .run(); // prints: 1
 * ```
 */
export function affinity(cpus: readonly number[]): Step {
  const numbers = checkIntegers(cpus, "affinity", 0, MAX_CPU);
  if (numbers.length === 0) {
    throw new TypeError("Cannot use affinity: it names no processor");
  }
  // The kernel takes whole words.
  const mask = new Uint8Array(8 * Math.ceil((1 + Math.max(...numbers)) / 64));
  for (const cpu of numbers) mask[cpu >> 3]! |= 1 << (cpu & 7);
  return plain(
    "affinity",
    `Cannot run on processors ${numbers.join(", ")}`,
    "sched_setaffinity",
    0,
    mask.length,
    mask,
  );
}
