/**
 * Measuring things side by side, and what the figures come to.
 *
 * A machine's speed changes from second to second: its clock rate, its caches,
 * its other work. So things that are to be compared take turns, and each is
 * compared with what the first one took in the same round.
 */

import type { TemporaryFolder } from "@procctl/testing";

/** One of the things that are compared. */
export interface Variant {
  /** What it is called in the table. */
  name: string;
  /** Does it once, and returns what it took, in the comparison's unit. */
  measure: () => number | Promise<number>;
}

/** Something that was to be compared and is not on this machine. */
export interface Missing {
  /** What it would be called in the table. */
  name: string;
  /** Why it was left out: `"needs gcc"`. */
  reason: string;
}

/** Things to compare, ready to be measured. */
export interface Comparison {
  /** What is measured, as a heading. */
  title: string;
  /** The unit of every figure. */
  unit: string;
  /** How many rounds are measured unless the user says otherwise. */
  runs: number;
  /** The things; the first is what the others are compared with. */
  variants: readonly Variant[];
  /** What was left out. */
  missing: readonly Missing[];
}

/**
 * Prepares one comparison. Each is a file of this folder that exports such a
 * function, and a line in `main.ts`.
 *
 * @param folder Where it may leave files; it is removed at the end.
 */
export type Prepare = (folder: TemporaryFolder) => Comparison;

/** What one variant took. */
export interface Summary {
  /** The variant's name. */
  name: string;
  /** The middle figure. */
  median: number;
  /** The best figure. */
  min: number;
  /** The worst figure. */
  max: number;
  /** The median of what it took more than the first in the same round. */
  difference: number;
  /** The median of how many times the first's it took in the same round. */
  ratio: number;
  /** Every figure, in the order of the rounds. */
  samples: number[];
}

/**
 * The middle of some numbers; of an even number of them, between the two.
 *
 * @param values The numbers, in any order.
 * @returns The median.
 * @throws {TypeError} If there are none.
 */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1];
  const high = sorted[Math.floor(middle)];
  if (low === undefined || high === undefined) {
    throw new TypeError("Cannot take the median of no values");
  }
  return (low + high) / 2;
}

/**
 * Measures variants in turn, round after round. Each round begins with another
 * one, so that none always runs in the wake of the same neighbour.
 *
 * @param variants What is measured.
 * @param runs How many rounds count.
 * @param warmups How many rounds before those do not: they fill caches.
 * @returns The figures of each variant, in the order of the rounds.
 */
export async function interleave(
  variants: readonly Variant[],
  runs: number,
  warmups = 2,
): Promise<number[][]> {
  const samples = variants.map((): number[] => []);
  for (let round = -warmups; round < runs; round++) {
    for (let turn = 0; turn < variants.length; turn++) {
      const index = (turn + round + warmups) % variants.length;
      const sample = await variants[index]!.measure();
      if (round >= 0) samples[index]!.push(sample);
    }
  }
  return samples;
}

/**
 * Sums up the figures of one variant.
 *
 * @param name The variant's name.
 * @param samples Its figures, by round.
 * @param first The figures of the first variant, by round.
 * @returns The summary.
 */
export function summarize(
  name: string,
  samples: readonly number[],
  first: readonly number[],
): Summary {
  return {
    name,
    median: median(samples),
    min: Math.min(...samples),
    max: Math.max(...samples),
    difference: median(samples.map((sample, i) => sample - first[i]!)),
    ratio: median(samples.map((sample, i) => sample / first[i]!)),
    samples: [...samples],
  };
}
