/**
 * Reading what tools/kernel_tables.ts took out of the kernel's source.
 *
 * @module
 */

const FOLDER = new URL("./kernel/", import.meta.url);

/** A file of facts. */
export interface Facts {
  /** Where they are from: `"Linux v6.18: scripts/syscall.tbl"`. */
  source: string;
  /** The columns' names. */
  columns: string[];
  /** The lines, split into columns. */
  rows: string[][];
}

/**
 * Reads a file of facts.
 *
 * @param name The file's name: `"syscall_numbers.tsv"`.
 * @returns What is in it.
 */
export function kernelFacts(name: string): Facts {
  const [title, columns, ...lines] = Deno.readTextFileSync(
    new URL(name, FOLDER),
  ).trimEnd().split("\n");
  return {
    source: title!.replace(/^# /, ""),
    columns: columns!.split("\t"),
    rows: lines.map((line) => line.split("\t")),
  };
}
