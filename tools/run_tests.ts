// deno-lint-ignore-file no-console -- it shows what the tests print
/**
 * Runs the suite, and does not take the runner's exit status for an answer: a
 * test that replaces the process by another program ends it with 0.
 *
 * @module
 */

import type { Outcome } from "./ok/step.ts";
import { read, repositoryFiles, ROOT } from "./repository.ts";
import { parseReport, reportFaults } from "./run_tests/report.ts";
import { parseSkips, skipFaults, skipsAmong } from "./run_tests/skips.ts";

/**
 * Runs the suite as the README says, shows what it prints, and checks that all
 * of it ran.
 *
 * @returns Whether it passed, and how many tests did.
 */
export async function runTests(): Promise<Outcome> {
  const files = await repositoryFiles();
  const { success, stdout } = await runSuite();
  const setting = Deno.env.get("PROCCTL_SETTING");
  const outcome = await judge(stdout, files, { setting });
  return { ...outcome, success: success && outcome.success };
}

/** What a run of tests is judged by. */
export interface JudgeOptions {
  /** Where it ran, if that has a list of skips of its own. */
  setting: string | undefined;
  /** Whether some of the tests were run, not all. @default {false} */
  partial?: boolean;
}

/**
 * Checks that all tests ran but those that are listed as skipped, and says what
 * is wrong.
 *
 * @param output What `deno test` printed.
 * @param files The files whose tests should have run.
 * @param options What the run is judged by.
 * @returns Whether nothing is wrong but for tests that failed, and how many did.
 */
export async function judge(
  output: string,
  files: readonly string[],
  { setting, partial = false }: JudgeOptions,
): Promise<Outcome> {
  const report = parseReport(output);
  const { names, ignored } = report;
  const lists = new Map(
    (await readSkips()).map(([setting, list]) => [
      setting,
      partial ? skipsAmong(list, [...names, ...ignored]) : list,
    ]),
  );
  const faults = [
    ...reportFaults(report, files.filter(isPlanned)),
    ...skipFaults(ignored, lists, setting),
  ];
  for (const fault of faults) console.log(fault);
  return {
    success: faults.length === 0,
    tests: report.summary ?? { passed: 0, failed: 0 },
  };
}

function isPlanned(file: string): boolean {
  return file.endsWith("_test.ts") && !file.startsWith("third_party/");
}

async function runSuite(): Promise<{ success: boolean; stdout: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["task", "test"],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const [shown, kept] = child.stdout.tee();
  const showing = shown.pipeTo(Deno.stdout.writable, { preventClose: true });
  const stdout = await new Response(kept).text();
  await showing;
  const { success } = await child.status;
  return { success, stdout };
}

/** The list of each setting. */
async function readSkips(): Promise<[setting: string, list: string[]][]> {
  const skips: [string, string[]][] = [];
  for (const file of await repositoryFiles()) {
    const setting = /^tests\/skips\/(.+)\.txt$/.exec(file)?.[1];
    if (setting !== undefined) {
      skips.push([setting, parseSkips(await read(file))]);
    }
  }
  return skips;
}

if (import.meta.main) {
  const { success } = await runTests();
  if (!success) Deno.exitCode = 1;
}
