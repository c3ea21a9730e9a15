/** How a cost grows with something: the same comparison at several sizes. */

import type { TemporaryFolder } from "@procctl/testing";
import { interleave, median, type Missing } from "./_measure.ts";

/** Something whose cost is measured at several sizes. */
export interface GrowingVariant {
  /** What it is called in the table. */
  name: string;
  /** Does it once at a size, and returns what it took, in the growth's unit. */
  measure: (size: number) => number | Promise<number>;
  /** The largest size that it is measured at. @default {Infinity} */
  most?: number;
}

/** A cost and what it grows with. */
export interface Growth {
  /** What is measured, as a heading. */
  title: string;
  /** What the sizes count: `"children at once"`. */
  axis: string;
  /** The unit of every figure. */
  unit: string;
  /** The sizes, ascending; from 1 on, as they are drawn on a logarithmic scale. */
  sizes: readonly number[];
  /** The things that are compared. */
  variants: readonly GrowingVariant[];
  /** What was left out. */
  missing: readonly Missing[];
}

/**
 * Prepares one growth. Each is a file of this folder that exports such a
 * function, and a line in `growth.ts`.
 *
 * @param folder Where it may leave files; it is removed at the end.
 */
export type PrepareGrowth = (folder: TemporaryFolder) => Growth;

/** What one variant took at each size. */
export interface Curve {
  /** The variant's name. */
  name: string;
  /** The median at each size; undefined where it was not measured. */
  medians: (number | undefined)[];
}

/**
 * Measures a growth. At each size the variants take turns.
 *
 * @param growth What is measured.
 * @param runs How many rounds count at each size.
 * @returns The curves.
 */
export async function measureGrowth(
  { sizes, variants }: Growth,
  runs: number,
): Promise<Curve[]> {
  const curves = variants.map(({ name }): Curve => ({ name, medians: [] }));
  for (const size of sizes) {
    const measured = variants.map(({ most = Infinity }) => size <= most);
    const samples = await interleave(
      variants.filter((_, index) => measured[index]).map((
        { name, measure },
      ) => ({ name, measure: () => measure(size) })),
      runs,
      1,
    );
    curves.forEach(({ medians }, index) =>
      medians.push(measured[index] ? median(samples.shift()!) : undefined)
    );
  }
  return curves;
}

/**
 * A growth as a heading and a table, a row a size.
 *
 * @param growth What was measured.
 * @param curves What it took.
 * @param runs How many rounds were measured.
 * @returns The text, Markdown.
 */
export function formatGrowth(
  { title, axis, unit, sizes, missing }: Growth,
  curves: readonly Curve[],
  runs: number,
): string {
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    `## ${title}`,
    "",
    `In ${unit}, medians of ${runs} interleaved runs.`,
    "",
    row([axis, ...curves.map(({ name }) => name)]),
    row(["---:", ...curves.map(() => "---:")]),
    ...sizes.map((size, index) =>
      row([
        size.toLocaleString("en"),
        ...curves.map(({ medians }) => medians[index]?.toPrecision(3) ?? ""),
      ])
    ),
    ...missing.flatMap(({ name, reason }) => [
      "",
      `Left out: ${name} (${reason}).`,
    ]),
  ].join("\n");
}
