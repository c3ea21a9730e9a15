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
import { parseSkips, skipFaults } from "./run_tests/skips.ts";

/**
 * Runs the suite as the README says, shows what it prints, and checks that all
 * of it ran.
 *
 * @returns Whether it passed, and how many tests did.
 */
export async function runTests(): Promise<Outcome> {
  const files = await repositoryFiles();
  const { success, stdout } = await runSuite();
  const report = parseReport(stdout);
  const faults = [
    ...reportFaults(report, files.filter(isPlanned)),
    ...skipFaults(
      report.ignored,
      await readSkips(files),
      Deno.env.get("PROCCTL_SETTING"),
    ),
  ];
  for (const fault of faults) console.log(fault);
  return {
    success: success && faults.length === 0,
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

async function readSkips(
  files: readonly string[],
): Promise<Map<string, string[]>> {
  const skips = new Map<string, string[]>();
  for (const file of files) {
    const setting = /^tests\/skips\/(.+)\.txt$/.exec(file)?.[1];
    if (setting !== undefined) skips.set(setting, parseSkips(await read(file)));
  }
  return skips;
}

if (import.meta.main) {
  const { success } = await runTests();
  if (!success) Deno.exitCode = 1;
}
