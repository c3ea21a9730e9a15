/**
 * Tests on machines that are many times slower than usual, as emulated ones
 * are: `PROCCTL_SLOWNESS=10` says of one that it takes ten times as long.
 *
 * @module
 */

import { getenv } from "@procctl/libc";

function slowness(): number {
  const value = new TextDecoder().decode(getenv("PROCCTL_SLOWNESS"));
  return Number(value || 1);
}

/**
 * A time that a test gives to others, longer on a slow machine.
 *
 * @param milliseconds The time on a usual machine.
 * @returns The time here, in milliseconds.
 *
 * @example Usage
 * ```ts
 * import { patience } from "@procctl/testing";
 *
 * console.log(patience(20)); // prints: 20
 * ```
 */
export function patience(milliseconds: number): number {
  return milliseconds * slowness();
}

/**
 * How often a test does again what it does at random or in numbers: less often
 * on a slow machine.
 *
 * @param count How often on a usual machine.
 * @returns How often here.
 *
 * @example Usage
 * ```ts
 * import { rounds } from "@procctl/testing";
 *
 * console.log(rounds(1000)); // prints: 1000
 * ```
 */
export function rounds(count: number): number {
  return Math.ceil(count / slowness());
}
