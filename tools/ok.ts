// deno-lint-ignore-file no-console -- printing is what a gate is for
/**
 * The whole gate. Every step runs, also after one that failed.
 *
 * `deno task ok` runs all of it, `deno task ok fmt lint` the steps named.
 * `--ci` is for a clean checkout: nothing may be uncommitted, the steps that
 * take minutes are among all, and in the last line each test counts by itself.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { generate } from "./generate.ts";
import { testInGuest } from "./guest.ts";
import { RUN_IN_CI } from "./guest/selection.ts";
import { UnavailableError } from "./guest/unavailable.ts";
import { houseRules } from "./house_rules.ts";
import { capture, deno } from "./process.ts";
import {
  entryFiles,
  publishedPackages,
  repositoryFiles,
  ROOT,
} from "./repository.ts";
import { runTests } from "./run_tests.ts";
import { runSnippets } from "./snippets.ts";
import { type Outcome, report, type Step, type StepResult } from "./ok/step.ts";

async function checkTypes(): Promise<boolean> {
  const files = await repositoryFiles();
  return deno(
    ROOT,
    "check",
    "--quiet",
    ...files.filter((file) => file.endsWith(".ts")),
  );
}

async function lintDocs(): Promise<boolean> {
  // It takes files only: a package's name is "Module not found" to it.
  const packages = await publishedPackages(await repositoryFiles());
  const files = entryFiles(packages);
  const isClean = await deno(ROOT, "doc", "--lint", ...files);
  return await writeDocs(files) && isClean;
}

/** Writes the pages that people will read, as a warning in it fails nothing. */
async function writeDocs(files: readonly string[]): Promise<boolean> {
  const folder = await Deno.makeTempDir();
  try {
    const args = ["doc", "--html", "--name=procctl", `--output=${folder}`];
    const { success, stdout, stderr } = await capture(
      Deno.execPath(),
      [...args, ...files],
      { cwd: ROOT, env: { NO_COLOR: "1" } },
    );
    const warnings = (stdout + stderr).replace(/^Written \d+ files .*\n/m, "");
    if (warnings !== "") console.log(warnings);
    return success && warnings === "";
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function checkGenerated(): Promise<boolean> {
  const outdated = await generate({ check: true });
  for (const file of outdated) {
    console.log(`${file}: out of date, run deno task generate`);
  }
  return outdated.length === 0;
}

function dryRun(ci: boolean): Promise<boolean> {
  const flags = ci ? [] : ["--allow-dirty"];
  return deno(ROOT, "publish", "--dry-run", ...flags);
}

/** What takes longest, and calls nothing that other tests do not. */
const LEFT_OUT = [
  "packages/shebang/differential_test.ts",
  "packages/spawn/hostile_test.ts",
];

/** The packages' own tests under the least permission: one path, libc's. */
async function testUnderPathGrant(): Promise<boolean> {
  const maps = await Deno.readTextFile("/proc/self/maps");
  const libc = /\/\S*\/libc\.so\.6$/m.exec(maps)?.[0];
  if (libc === undefined) throw new Error("Cannot find the path of libc");
  const flags = [
    `--allow-ffi=${libc}`,
    `--ignore=${LEFT_OUT.join()}`,
    ...["--quiet", "--reporter=dot"],
  ];
  return deno(ROOT, "test", ...flags, "packages");
}

/** In minutes: on a machine of two processors it takes four. */
const TIME_FOR_AARCH64 = 15;

/** A part of `deno task test:aarch64`, which takes much longer. */
async function testOnAarch64(): Promise<Outcome> {
  try {
    return await testInGuest("aarch64", {
      paths: RUN_IN_CI,
      timeout: TIME_FOR_AARCH64,
    });
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    return { success: true, skipped: error.message };
  }
}

/** The steps. The dry run is last: in CI it sees what the others left behind. */
function stepsOf(ci: boolean): Step[] {
  return [
    { name: "fmt", run: () => deno(ROOT, "fmt", "--check") },
    { name: "lint", run: () => deno(ROOT, "lint") },
    { name: "check", run: checkTypes },
    { name: "doc", run: lintDocs },
    { name: "rules", run: houseRules },
    { name: "generated", run: checkGenerated },
    { name: "snippets", run: () => runSnippets() },
    { name: "tests", run: runTests },
    { name: "path grant", run: testUnderPathGrant },
    { name: "demo", run: () => deno(ROOT, "task", "demo") },
    { name: "aarch64", run: testOnAarch64, onlyInCi: true },
    { name: "publish", run: () => dryRun(ci) },
  ];
}

async function runStep({ name, run }: Step): Promise<StepResult> {
  console.log(`\n== ${name}`);
  const start = performance.now();
  let outcome: Outcome = { success: false };
  try {
    const result = await run();
    outcome = typeof result === "boolean" ? { success: result } : result;
  } catch (error) {
    console.log(error);
  }
  return { name, seconds: (performance.now() - start) / 1000, ...outcome };
}

if (import.meta.main) {
  const { ci, _: names } = parseArgs(Deno.args, { boolean: ["ci"] });
  const all = stepsOf(ci);
  const unknown = names.filter((name) => !all.some((it) => it.name === name));
  if (unknown.length > 0) throw new Error(`Unknown step "${unknown[0]}"`);
  const steps = names.length === 0
    ? all.filter(({ onlyInCi }) => ci || !onlyInCi)
    : all.filter(({ name }) => names.includes(name));
  const results: StepResult[] = [];
  for (const step of steps) results.push(await runStep(step));
  console.log(`\n${report(results, { countTests: ci })}`);
  if (results.some(({ success }) => !success)) Deno.exitCode = 1;
}
