import type { ResourceUnit } from "./resources.ts";

/** A unit that a limit may be written with. */
export interface Unit {
  /** How it is written. */
  name: string;
  /** How many of the resource's own units it is, times `scale`. */
  factor: bigint;
}

/** How the limits of one kind of resource are written. */
export interface Notation {
  /** The units; those that `formatLimit` uses first, the largest of them first. */
  units: readonly Unit[];
  /** Whether letters may be of any case. */
  anyCase: boolean;
  /** What the factors are to be divided by. */
  scale: bigint;
  /** What is expected, for an error. */
  expected: string;
}

const PREFIXES = ["E", "P", "T", "G", "M", "K"];

/** Powers of a base, with the largest first. */
function powers(base: bigint, suffix: string): Unit[] {
  return PREFIXES.map((prefix, index) => ({
    name: `${prefix}${suffix}`,
    factor: base ** BigInt(PREFIXES.length - index),
  }));
}

/** Factors in microseconds; `m` is sleep(1)'s. */
const TIMES: readonly Unit[] = [
  { name: "d", factor: 86_400_000_000n },
  { name: "h", factor: 3_600_000_000n },
  { name: "min", factor: 60_000_000n },
  { name: "s", factor: 1_000_000n },
  { name: "ms", factor: 1000n },
  { name: "us", factor: 1n },
  { name: "m", factor: 60_000_000n },
];

function timeNotation(scale: bigint): Notation {
  return {
    units: TIMES,
    anyCase: false,
    scale,
    expected: 'digits alone or with us, ms, s, min, h or d, or "unlimited"',
  };
}

/** How limits are written, by what they count. */
export const NOTATIONS: Readonly<Record<ResourceUnit, Notation>> = {
  bytes: {
    units: [
      ...powers(1024n, "iB"),
      { name: "B", factor: 1n },
      ...powers(1024n, ""),
      ...powers(1000n, "B"),
    ],
    anyCase: true,
    scale: 1n,
    expected:
      'digits alone or with B, K, KiB, KB and so on up to E, or "unlimited"',
  },
  count: {
    units: powers(1024n, ""),
    anyCase: true,
    scale: 1n,
    expected: 'digits alone or with K, M, G, T, P or E, or "unlimited"',
  },
  seconds: timeNotation(1_000_000n),
  microseconds: timeNotation(1n),
};
