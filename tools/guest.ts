// deno-lint-ignore-file no-console -- a command: it says what it did
/**
 * Runs the suite on another processor or kernel, in emulation:
 * `deno task test:aarch64 [--timeout=MINUTES] [--all | PATH ...]`. It takes what
 * depends on processor and kernel, unless it is told to take all, or paths.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { joinFiles, writeArchive } from "./guest/archive.ts";
import { prepareBase } from "./guest/base.ts";
import { type Guest, GUESTS } from "./guest/guests.ts";
import { ARCHITECTURE_DEPENDENT } from "./guest/selection.ts";
import { ensureQemu, runGuest } from "./guest/qemu.ts";
import { treeEntries } from "./guest/tree.ts";
import { UnavailableError } from "./guest/unavailable.ts";
import type { Outcome } from "./ok/step.ts";
import { repositoryFiles } from "./repository.ts";
import { judge } from "./run_tests.ts";

/** All there is but the tools' own tests, which are not about the kernel. */
const FOLDERS = ["apps", "packages", "testing", "tests"];

/** How long a run may take, in minutes: many times what it does. */
const TIMEOUT = { all: 600, part: 90 };

/** What is run in a guest, and for how long. */
export interface GuestOptions {
  /** Folders and files of tests, or all. @default {ARCHITECTURE_DEPENDENT} */
  paths?: readonly string[] | "all";
  /** After how many minutes it is given up. @default {90, or 600 for all} */
  timeout?: number;
}

/**
 * Runs tests in a guest, shows what they print, and checks that all of them ran
 * but those that are listed as skipped there.
 *
 * @param name The guest's name.
 * @param options What is run.
 * @returns Whether all passed, and how many did.
 * @throws {UnavailableError} If the guest cannot be had on this machine, or not
 * in the time that there is.
 */
export async function testInGuest(
  name: string,
  options: GuestOptions = {},
): Promise<Outcome> {
  const isAll = options.paths === "all";
  const { timeout = isAll ? TIMEOUT.all : TIMEOUT.part } = options;
  const paths = options.paths === "all"
    ? FOLDERS
    : options.paths ?? ARCHITECTURE_DEPENDENT;
  const guest = guestOf(name);
  const files = await repositoryFiles();
  const isIn = (path: string) => (file: string) =>
    file === path || file.startsWith(`${path}/`);
  const missing = paths.find((path) => !files.some(isIn(path)));
  if (missing !== undefined) throw new Error(`There is no ${missing} to run`);
  await ensureQemu(guest);
  const base = await prepareBase(guest);
  console.log(`${name}: ${base.description}`);
  const script = `uname -srm\nexec deno test --allow-ffi --no-check ${
    paths.map((path) => `'${path}'`).join(" ")
  }\n`;
  const work = await Deno.makeTempDir({ prefix: "procctl-guest-" });
  try {
    const archive = `${work}/whole.cpio`;
    await writeArchive(`${work}/tree.cpio`, treeEntries(files, script));
    await joinFiles([base.archive, `${work}/tree.cpio`], archive);
    const { output, status, timedOut } = await runGuest(guest, base, {
      archive,
      timeout,
    });
    const isPlanned = (file: string) => paths.some((path) => isIn(path)(file));
    if (timedOut) {
      throw new UnavailableError(
        `it did not come to its end within ${timeout} minutes`,
      );
    }
    const outcome = await judge(output, files.filter(isPlanned), {
      setting: name,
      partial: !isAll,
    });
    if (status === undefined) console.log("The guest was lost: a panic?");
    return { ...outcome, success: outcome.success && status === 0 };
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

function guestOf(name: string): Guest {
  const guest = GUESTS.find((it) => it.name === name);
  if (guest !== undefined) return guest;
  const names = GUESTS.map(({ name }) => name).join(", ");
  throw new Error(`Unknown guest "${name}": there are ${names}`);
}

if (import.meta.main) {
  const { all, timeout, _: [name, ...paths] } = parseArgs(Deno.args, {
    boolean: ["all"],
    string: ["timeout"],
  });
  if (all && paths.length > 0) throw new Error("Either --all or paths");
  try {
    const { success, tests } = await testInGuest(String(name), {
      ...(all ? { paths: "all" } : {}),
      ...(paths.length > 0 ? { paths: paths.map(String) } : {}),
      ...(timeout === undefined ? {} : { timeout: Number(timeout) }),
    });
    const { passed, failed } = tests!;
    console.log(
      `${name}: ${
        success ? "ok" : "FAILED"
      }, ${passed} passed, ${failed} failed`,
    );
    if (!success) Deno.exitCode = 1;
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    console.error(`Cannot run the tests on ${name}: ${error.message}`);
    Deno.exitCode = 1;
  }
}
