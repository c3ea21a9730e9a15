import { type Finished, run, type RunOptions } from "./run.ts";
import { TemporaryFolder } from "./temporary_folder.ts";

/** The absolute path of the repository. */
export const ROOT: string = decodeURIComponent(
  new URL("..", import.meta.url).pathname,
).replace(/\/$/, "");

/** How a child Deno is started. */
export interface RunDenoOptions extends RunOptions {
  /** The program's arguments. @default {[]} */
  args?: readonly string[];
  /** Deno's own flags. @default {["--allow-ffi"]} */
  flags?: readonly string[];
}

/**
 * The arguments that start a program of this repository's packages in Deno,
 * from wherever it lies.
 *
 * @param script The program's file.
 * @param flags Deno's own flags.
 * @returns The arguments, Deno's path first.
 */
export function denoArgv(
  script: string,
  flags: readonly string[] = ["--allow-ffi"],
): string[] {
  return [
    Deno.execPath(),
    "run",
    "--quiet",
    `--config=${ROOT}/deno.json`,
    ...flags,
    script,
  ];
}

/**
 * Runs JavaScript in a child Deno: what execs, or changes limits, signals or
 * descriptors, must not happen in the process that runs the tests.
 *
 * @param source The program, a module that may import the packages by name.
 * @param options How it is started.
 * @returns How it ended, and what it or what it executed wrote.
 *
 * @example Usage
 * ```ts
 * import { runDeno } from "@procctl/testing";
 *
 * const { stdout } = runDeno(`
 *   import { execv } from "@procctl/exec";
 *   execv("/bin/echo", ["echo", "hello"]);
 * `);
 * console.log(stdout.trim()); // prints: hello
 * ```
 */
export function runDeno(
  source: string,
  options: RunDenoOptions = {},
): Finished {
  const { args = [], flags, ...rest } = options;
  using folder = new TemporaryFolder();
  const script = folder.write("program.mjs", source);
  return run([...denoArgv(script, flags), ...args], rest);
}
