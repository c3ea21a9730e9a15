/**
 * Signal numbers and names, real-time signals included.
 *
 * @module
 */

import { SIGNALS } from "./_generated/signals.ts";

/**
 * The name of a signal: one of Deno's, or a real-time signal counted from
 * either end, such as `"SIGRTMIN+3"` or `"SIGRTMAX-1"`.
 */
export type Signal =
  | Deno.Signal
  | `SIGRTMIN+${number}`
  | `SIGRTMAX-${number}`;

/** glibc keeps the first two real-time signals, 32 and 33, for itself. */
const SIGRTMIN = 34;
const SIGRTMAX = 64;

const byName: ReadonlyMap<string, number> = new Map(SIGNALS);
// The first name of a number wins, as the header lists aliases last.
const byNumber: ReadonlyMap<number, string> = new Map(
  SIGNALS.map(([name, number]) => [number, name] as const).toReversed(),
);

/**
 * The name of a signal number, as signal(7) lists them.
 *
 * @param signal The signal's number, 1 to 64.
 * @returns The name. Real-time signals are counted from `SIGRTMIN`; 32 and 33,
 * which glibc keeps for itself, are `SIG32` and `SIG33`.
 * @throws {RangeError} If there is no such signal.
 *
 * @example Usage
 * ```ts
 * import { signalName } from "@procctl/libc";
 *
 * console.log(signalName(9), signalName(37)); // prints: SIGKILL SIGRTMIN+3
 * ```
 */
export function signalName(signal: number): string {
  if (!Number.isInteger(signal) || signal < 1 || signal > SIGRTMAX) {
    throw new RangeError(
      `Cannot name signal ${signal}: signals are numbered from 1 to ${SIGRTMAX}`,
    );
  }
  if (signal >= SIGRTMIN) return `SIGRTMIN+${signal - SIGRTMIN}`;
  return byNumber.get(signal) ?? `SIG${signal}`;
}

/**
 * The number of a signal, by its name.
 *
 * @param name The name with its `SIG`: `"SIGTERM"`, `"SIGRTMIN"`,
 * `"SIGRTMIN+3"`, `"SIGRTMAX-1"`, or an alias such as `"SIGPOLL"`.
 * @returns The number.
 * @throws {TypeError} If there is no signal of that name.
 *
 * @example Usage
 * ```ts
 * import { signalNumber } from "@procctl/libc";
 *
 * console.log(signalNumber("SIGKILL"), signalNumber("SIGRTMAX-1")); // prints: 9 63
 * ```
 */
export function signalNumber(name: string): number {
  const number = byName.get(name) ?? realTimeNumber(name);
  if (number === undefined) {
    throw new TypeError(`Cannot find a signal named "${name}"`);
  }
  return number;
}

function realTimeNumber(name: string): number | undefined {
  const match = /^SIG(RTMIN(?:\+(\d{1,2}))?|RTMAX(?:-(\d{1,2}))?)$/.exec(name);
  if (match === null) return undefined;
  const [, word, above, below] = match;
  const number = word!.startsWith("RTMIN")
    ? SIGRTMIN + Number(above ?? 0)
    : SIGRTMAX - Number(below ?? 0);
  return number >= SIGRTMIN && number <= SIGRTMAX ? number : undefined;
}
