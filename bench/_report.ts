/** Writing the figures down. */

import type { Missing, Summary } from "./_measure.ts";

/** One comparison, measured. */
export interface Result {
  /** What was measured, as a heading. */
  title: string;
  /** The unit of every figure. */
  unit: string;
  /** How many rounds were measured. */
  runs: number;
  /** What each variant took, the first being what others are compared with. */
  summaries: Summary[];
  /** What was left out. */
  missing: readonly Missing[];
}

/** What the figures depend on. */
export interface Machine {
  /** The kernel's release. */
  kernel: string;
  /** The processor's architecture. */
  arch: string;
  /** The processor's model, where the kernel tells it. */
  cpu: string;
  /** How many CPUs there are. */
  cpus: number;
  /** How many processes wanted a CPU in the last minute, on the average. */
  load: number;
  /** The version of Deno. */
  deno: string;
}

/**
 * The machine in one line.
 *
 * @param machine The machine.
 * @returns The line, Markdown.
 */
export function formatMachine(machine: Machine): string {
  const { kernel, arch, cpu, cpus, load, deno } = machine;
  return `Linux ${kernel} ${arch}, ${cpus} CPUs (${cpu}), load ${
    load.toFixed(2)
  } at the start, Deno ${deno}`;
}

/**
 * A comparison as a heading, a table, and what is not in it.
 *
 * @param result The comparison.
 * @returns The text, Markdown.
 */
export function formatResult(result: Result): string {
  const { title, unit, runs, summaries, missing } = result;
  const table = [
    "",
    `In ${unit}, of ${runs} interleaved runs.`,
    "",
    "| | median | minimum | worst | over the first | times the first |",
    "| --- | ---: | ---: | ---: | ---: | ---: |",
    ...summaries.map(formatRow),
  ];
  return [
    `## ${title}`,
    ...(summaries.length > 0 ? table : []),
    ...missing.flatMap(({ name, reason }) => [
      "",
      `Left out: ${name} (${reason}).`,
    ]),
  ].join("\n");
}

function formatRow(summary: Summary, index: number): string {
  const { name, median, min, max, difference, ratio } = summary;
  const compared = index === 0
    ? ["", ""]
    : [difference.toFixed(2), ratio.toFixed(2)];
  const figures = [median, min, max].map((figure) => figure.toFixed(2));
  return `| ${[name, ...figures, ...compared].join(" | ")} |`;
}
