// deno-lint-ignore-file no-console -- a command: it says what it did
/**
 * Runs tests on the oldest Deno that is supported, on one in between and on the
 * pinned one, each from npm: `deno task test:versions [PATH ...]`.
 *
 * Without paths, those of a part that takes about a minute: all that is near to
 * Deno itself (FFI, arguments, exec, pipes), and a part of tracing.
 *
 * What `deno test` checked by default before 2.8 is turned off.
 *
 * @module
 */

import { capture, type Captured } from "./process.ts";
import { read, repositoryFiles, ROOT } from "./repository.ts";
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

/** Runs a version of Deno from npm in the repository. */
async function runVersion(
  version: string,
  args: readonly string[],
): Promise<Captured> {
  const cache = await Deno.makeTempDir({ prefix: "procctl-deno-" });
  try {
    return await capture("npx", ["-y", `deno@${version}`, ...args], {
      cwd: ROOT,
      // Of its own, as versions may not read each other's.
      env: { DENO_DIR: cache, NO_COLOR: "1" },
    });
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}

/** Runs tests on a version, and prints a line about it. */
async function testVersion(
  version: string,
  paths: readonly string[],
): Promise<boolean> {
  const { stdout: told } = await runVersion(version, ["--version"]);
  if (!told.startsWith(`deno ${version} `)) {
    console.log(`Deno ${version}: FAILED, npm has no such version here`);
    return false;
  }
  const { success, stdout, stderr } = await runVersion(version, [
    "test",
    "--allow-ffi",
    // Types are checked on the pinned version, which has its own of JavaScript.
    "--no-check",
    "--preload=tools/test_versions/unsanitized.ts",
    ...paths,
  ]);
  const files = (await repositoryFiles()).filter((file) =>
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
  for (const version of [OLDEST, BETWEEN, pinned]) {
    if (!await testVersion(version, paths)) Deno.exitCode = 1;
  }
}
