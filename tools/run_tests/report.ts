/**
 * Reading what `deno test` prints.
 *
 * @module
 */

import { stripVTControlCharacters } from "node:util";

/** What `deno test` printed. */
export interface TestReport {
  /** How many tests each file holds, by its path relative to the root. */
  files: Map<string, number>;
  /** The name of each test that came to an end. */
  names: string[];
  /** The names of the tests and steps that were skipped. */
  ignored: string[];
  /** Its last line, which is missing if the runner itself was lost. */
  summary?: { passed: number; failed: number };
}

const FILE = /^running (\d+) tests? from \.\/(.+)$/;
const RESULT = /^(\s*)(.+) \.\.\. (ok|FAILED|ignored|cancelled)(?: \(.*\))?$/;
const SUMMARY = /^(?:ok|FAILED) \| (\d+) passed.* \| (\d+) failed.* \(.*\)$/;
const OUTPUT_START = /^-+ (?:\S+ )?output -+$/;
const OUTPUT_END = /-+ (?:\S+ )?output end -+$/;

/**
 * Reads a report. What the tests themselves print is passed over.
 *
 * @param text What `deno test` wrote to its standard output.
 * @returns What it says.
 */
export function parseReport(text: string): TestReport {
  const report: TestReport = { files: new Map(), names: [], ignored: [] };
  let inOutput = false;
  for (const line of stripVTControlCharacters(text).split("\n")) {
    if (inOutput) inOutput = !OUTPUT_END.test(line);
    else if (OUTPUT_START.test(line)) inOutput = true;
    else readLine(line, report);
  }
  return report;
}

function readLine(line: string, report: TestReport): void {
  const file = FILE.exec(line);
  if (file !== null) report.files.set(file[2]!, Number(file[1]));
  const result = RESULT.exec(line);
  if (result !== null) {
    const [, indentation, name, how] = result;
    if (indentation === "") report.names.push(name!);
    if (how === "ignored") report.ignored.push(name!);
  }
  const summary = SUMMARY.exec(line);
  if (summary !== null) {
    report.summary = {
      passed: Number(summary[1]),
      failed: Number(summary[2]),
    };
  }
}

/**
 * Says what is wrong with a report, but for the tests that failed.
 *
 * @param report The report.
 * @param planned The files of tests that should have run.
 * @returns The faults.
 */
export function reportFaults(
  report: TestReport,
  planned: readonly string[],
): string[] {
  const faults: string[] = [];
  if (report.summary === undefined) {
    faults.push("Deno did not print its summary: the runner was lost");
  }
  for (const file of planned) {
    const count = report.files.get(file);
    if (count === undefined) faults.push(`${file}: did not run`);
    if (count === 0) faults.push(`${file}: contains no test`);
  }
  const seen = new Set<string>();
  for (const name of report.names) {
    if (seen.has(name)) faults.push(`More than one test is named "${name}"`);
    seen.add(name);
  }
  return faults;
}
