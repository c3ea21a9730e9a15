/**
 * What `procctl limits --json` prints.
 *
 * @module
 */

import { formatLimit } from "@procctl/rlimit/format-limit";
import { RESOURCES, type ResourceUnit } from "@procctl/rlimit/resources";
import type { Rlimit64 } from "@procctl/rlimit/prlimit64";
import type { Resource } from "@procctl/rlimit/types";

/** The limits of one resource. */
export interface LimitReport {
  /** The soft limit: decimal digits, exact, or `unlimited`. */
  soft: string;
  /** The hard limit, likewise. */
  hard: string;
  /** What both count. */
  unit: ResourceUnit;
}

/** The limits of a process. */
export interface LimitsReport {
  /** The process. */
  pid: number;
  /** Its limits by resource: all of them, or those that were asked for. */
  limits: Partial<Record<Resource, LimitReport>>;
}

/**
 * Makes the report of a process's limits.
 *
 * @param pid The process.
 * @param limits Its limits by resource.
 * @returns The report, to be written as JSON.
 *
 * @example Usage
 * ```ts
 * import { limitsReport } from "@procctl/cli/limits-report";
 * import { RLIM_INFINITY } from "@procctl/rlimit";
 *
 * const report = limitsReport(1, { core: { soft: 0n, hard: RLIM_INFINITY } });
 * console.log(JSON.stringify(report.limits.core));
 * // prints: {"soft":"0","hard":"unlimited","unit":"bytes"}
 * ```
 */
export function limitsReport(
  pid: number,
  limits: Readonly<Partial<Record<Resource, Rlimit64>>>,
): LimitsReport {
  const entries = Object.entries(limits).map(([name, { soft, hard }]) => [
    name,
    {
      soft: formatLimit(soft, undefined, { raw: true }),
      hard: formatLimit(hard, undefined, { raw: true }),
      unit: RESOURCES[name as Resource].unit,
    },
  ]);
  return { pid, limits: Object.fromEntries(entries) };
}
