/**
 * What `procctl run --json` reports.
 *
 * @module
 */

import type { LimitedReport } from "@procctl/spawn/limited-report";

/** How a command ended, why, and what it used. */
export interface RunReport extends LimitedReport {
  /** The command and its arguments. */
  command: string[];
  /** The exit status of the tool: 124 where a limit is known to have ended it. */
  status: number;
}

/** The exit status where a limit is known to have ended the command. */
const LIMITED = 124;
/** The exit status where it is not known how the command ended. */
const UNKNOWN = 125;

/**
 * Makes the report of a command.
 *
 * @param command The command and its arguments.
 * @param report What `spawnLimited()` tells of it.
 * @returns The report, to be written as JSON.
 *
 * @example Usage
 * ```ts
 * import { runReport } from "@procctl/cli/run-report";
 * import { runLimited } from "@procctl/spawn";
 *
 * const limited = await runLimited("sleep", { args: ["60"], wall: 0.1 });
 * const { verdict, status } = runReport(["sleep", "60"], limited);
 * console.log(verdict.kind, status); // prints: wall-limit 124
 * ```
 */
export function runReport(
  command: readonly string[],
  report: LimitedReport,
): RunReport {
  return {
    command: [...command],
    status: statusOf(report),
    verdict: report.verdict,
    success: report.success,
    code: report.code,
    signal: report.signal,
    coreDumped: report.coreDumped,
    wallTime: report.wallTime,
    usage: report.usage,
    peakMemory: report.peakMemory,
    containment: report.containment,
  };
}

function statusOf({ verdict, code }: LimitedReport): number {
  if (verdict.kind === "lost") return UNKNOWN;
  return "certain" in verdict && verdict.certain ? LIMITED : code;
}
