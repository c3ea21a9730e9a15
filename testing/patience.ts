import { getenv } from "@procctl/libc";

/**
 * A time that a test gives to others, longer on a machine that is said to be
 * slow: `PROCCTL_SLOWNESS=10` for one that takes ten times as long as usual.
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
  const slowness = new TextDecoder().decode(getenv("PROCCTL_SLOWNESS"));
  return milliseconds * Number(slowness || 1);
}
