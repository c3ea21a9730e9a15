/**
 * Writing limits as a table.
 *
 * @module
 */

import { formatLimit } from "./format_limit.ts";
import { RESOURCES } from "./resources.ts";
import type { Resource } from "./types.ts";

/** A column of the table that {@linkcode formatLimits} writes. */
export type LimitColumn =
  | "resource"
  | "description"
  | "soft"
  | "hard"
  | "units";

/** How {@linkcode formatLimits} writes. */
export interface FormatLimitsOptions {
  /**
   * The columns, in order.
   *
   * @default {["resource", "soft", "hard", "units"]}
   */
  columns?: readonly LimitColumn[];
  /**
   * Write the columns' names in a line above.
   *
   * @default {true}
   */
  headings?: boolean;
  /**
   * Write for programs, as `prlimit --raw` does: limits are digits alone, one
   * blank parts the columns, and a blank inside one is `\x20`.
   *
   * @default {false}
   */
  raw?: boolean;
}

/** Limits of one resource, as any of the functions here gives them. */
export interface AnyRlimit {
  /** The soft limit, in the resource's unit. */
  soft: number | bigint;
  /** The hard limit, likewise. */
  hard: number | bigint;
}

/**
 * Writes limits as a table, in the order in which they are given.
 *
 * @param limits The limits by resource, such as those of `getAllLimits()`.
 * @param options Which columns, and how they are written.
 * @returns The table, a line for each resource, without a newline at the end.
 * @throws {RangeError} If a limit is not a whole number from 0 to 2^64 - 1.
 * @throws {TypeError} If a limit is no number, or there is no such resource.
 *
 * @example Usage
 * ```ts
 * import { formatLimits } from "@procctl/rlimit";
 *
 * const limits = {
 *   stack: { soft: 8388608, hard: Infinity },
 *   nofile: { soft: 1024, hard: 524288 },
 * };
 * console.log(formatLimits(limits));
 * // prints: RESOURCE  SOFT       HARD  UNITS
 * // prints: stack     8MiB  unlimited  bytes
 * // prints: nofile    1024     524288  count
 * ```
 */
export function formatLimits(
  limits: Readonly<Partial<Record<Resource, AnyRlimit>>>,
  options: FormatLimitsOptions = {},
): string {
  const {
    columns = ["resource", "soft", "hard", "units"],
    headings = true,
    raw = false,
  } = options;
  const rows = Object.entries(limits).map(([name, limit]) =>
    columns.map((column) => cell(column, name as Resource, limit, raw))
  );
  if (headings) rows.unshift(columns.map((column) => column.toUpperCase()));
  const lines = raw ? rows.map(joinRaw) : align(rows, columns);
  return lines.join("\n");
}

function cell(
  column: LimitColumn,
  name: Resource,
  limit: AnyRlimit,
  raw: boolean,
): string {
  switch (column) {
    case "resource":
      return name;
    case "description":
      return RESOURCES[name].meaning;
    case "units":
      return RESOURCES[name].unit;
    default:
      return formatLimit(limit[column], name, { raw });
  }
}

function joinRaw(row: readonly string[]): string {
  return row.map((text) => text.replaceAll(" ", "\\x20")).join(" ");
}

/** Pads all cells of a column alike; figures end at one place. */
function align(
  rows: readonly (readonly string[])[],
  columns: readonly LimitColumn[],
): string[] {
  const widths = columns.map((_, index) =>
    Math.max(...rows.map((row) => row[index]!.length))
  );
  return rows.map((row) =>
    row.map((text, index) => {
      const isFigure = columns[index] === "soft" || columns[index] === "hard";
      const width = widths[index]!;
      return isFigure ? text.padStart(width) : text.padEnd(width);
    }).join("  ").trimEnd()
  );
}
