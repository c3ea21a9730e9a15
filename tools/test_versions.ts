// deno-lint-ignore-file no-console -- a command: it says what it did
/**
 * Runs tests on the oldest Deno that is supported, on one in between and on the
 * pinned one, each from npm: `deno task test:versions [PATH ...]`.
 *
 * Without paths, those of a part that takes about a minute: all that is near to
 * Deno itself (FFI, arguments, exec, pipes), and a part of tracing.
 *
 * They run in a copy of the repository, as some things about it, but not about
 * the packages, need a newer Deno: links with a `*`, and what `deno test`
 * checks by default.
 *
 * @module
 */

import { capture, type Captured } from "./process.ts";
import { copyFiles, read, repositoryFiles } from "./repository.ts";
import { judge } from "./run_tests.ts";
import { BETWEEN, OLDEST, pinnedVersion } from "./test_versions/versions.ts";

/** What is run if no paths are given. */
const QUICK = [
  "packages/exec",
  "packages/libc",
  "packages/ptrace/tracer_test.ts",
  "packages/rlimit",
  "packages/spawn/run_test.ts",
  "packages/spawn/spawn_test.ts",
];

/** What is about deno.json as it is, and so not about the copy's. */
const ABOUT_CONFIGURATION = "packages/cli/install_test.ts";

/** Runs a version of Deno from npm in a copy of the repository. */
async function runVersion(
  folder: string,
  version: string,
  args: readonly string[],
): Promise<Captured> {
  const cache = await Deno.makeTempDir({ prefix: "procctl-deno-" });
  try {
    return await capture("npx", ["-y", `deno@${version}`, ...args], {
      cwd: folder,
      // Of its own, as versions may not read each other's.
      env: { DENO_DIR: cache, NO_COLOR: "1" },
    });
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}

/** Runs tests on a version, and prints a line about it. */
async function testVersion(
  folder: string,
  version: string,
  paths: readonly string[],
): Promise<boolean> {
  const { stdout: told } = await runVersion(folder, version, ["--version"]);
  if (!told.startsWith(`deno ${version} `)) {
    console.log(`Deno ${version}: FAILED, npm has no such version here`);
    return false;
  }
  const { success, stdout, stderr } = await runVersion(folder, version, [
    "test",
    "--allow-ffi",
    // Types are checked on the pinned version, which has its own of JavaScript.
    "--no-check",
    "--preload=tools/test_versions/unsanitized.ts",
    `--ignore=${ABOUT_CONFIGURATION}`,
    ...paths,
  ]);
  const files = (await repositoryFiles()).filter((file) =>
    file !== ABOUT_CONFIGURATION &&
    paths.some((path) => file === path || file.startsWith(`${path}/`))
  );
  const outcome = await judge(stdout, files, {
    setting: undefined,
    partial: true,
  });
  const isGood = success && outcome.success;
  if (!isGood) console.log(stdout + stderr);
  const { passed, failed } = outcome.tests!;
  console.log(
    `Deno ${version}: ${
      isGood ? "ok" : "FAILED"
    }, ${passed} passed, ${failed} failed`,
  );
  return isGood;
}

if (import.meta.main) {
  const paths = Deno.args.length > 0
    ? Deno.args.map((path) => path.replace(/\/$/, ""))
    : QUICK;
  const pinned = pinnedVersion(await read(".github/workflows/ci.yml"));
  const folder = await Deno.makeTempDir({ prefix: "procctl-versions-" });
  try {
    await copyFiles(await repositoryFiles(), folder);
    for (const version of [OLDEST, BETWEEN, pinned]) {
      if (!await testVersion(folder, version, paths)) Deno.exitCode = 1;
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
