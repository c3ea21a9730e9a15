/** Starting the programs that are measured, and compiling those in C. */

import { denoArgv, type TemporaryFolder } from "@procctl/testing";

/**
 * Runs a program to its end.
 *
 * @param argv The program and its arguments.
 * @param env Variables added to the environment.
 * @returns Its standard output.
 * @throws {Error} If it fails: a figure of a failed run would mean nothing.
 */
export function run(
  argv: readonly string[],
  env: Record<string, string> = {},
): Uint8Array {
  const [command, ...args] = argv;
  const { success, stdout, stderr } = new Deno.Command(command!, { args, env })
    .outputSync();
  if (success) return stdout;
  throw new Error(
    `Cannot measure ${argv.join(" ")}: it failed with ${
      new TextDecoder().decode(stderr)
    }`,
  );
}

/**
 * How long a program takes from its start to its end, as who waits for it sees
 * it.
 *
 * @param argv The program and its arguments.
 * @param env Variables added to the environment.
 * @returns The time, in ms.
 * @throws {Error} If it fails.
 */
export function wallTime(
  argv: readonly string[],
  env: Record<string, string> = {},
): number {
  const begin = performance.now();
  run(argv, env);
  return performance.now() - begin;
}

/**
 * How a module is run by Deno: its command line and its environment.
 *
 * Deno's cache is one of the run's own, so that neither its size nor what else
 * is in it plays a part, and nothing is left in the user's.
 *
 * @param folder The folder of the comparison.
 * @param name A name for the module's file.
 * @param source The module, which may import the packages by name.
 * @param flags Deno's own flags.
 * @returns The arguments of {@linkcode run}.
 */
export function denoProgram(
  folder: TemporaryFolder,
  name: string,
  source: string,
  flags: readonly string[],
): [argv: string[], env: Record<string, string>] {
  const script = folder.write(name, source);
  return [denoArgv(script, flags), { DENO_DIR: folder.join("deno_dir") }];
}

/**
 * What a program prints, or undefined if it is not on this machine, or fails
 * there: one of the name may lack the option, or what it needs itself.
 *
 * @param argv The program, found in PATH, and its arguments.
 * @returns Its standard output without the newline at the end.
 */
export function tryRun(argv: readonly string[]): string | undefined {
  try {
    return new TextDecoder().decode(run(argv)).trimEnd();
  } catch {
    return undefined;
  }
}

/**
 * Compiles a program in C, if there is a compiler.
 *
 * @param folder The folder of the comparison.
 * @param name The name of the source, beside this file, without its `.c`.
 * @returns The program's path, or undefined without gcc.
 * @throws {Error} If it cannot be compiled.
 */
export function compile(
  folder: TemporaryFolder,
  name: string,
): string | undefined {
  if (tryRun(["gcc", "--version"]) === undefined) return undefined;
  const program = folder.join(`${name}_c`);
  run(["gcc", "-O2", "-o", program, sourcePath(`${name}.c`)]);
  return program;
}

/** The path of a file beside this one. */
export function sourcePath(name: string): string {
  return decodeURIComponent(new URL(name, import.meta.url).pathname);
}

/** The version of Node, if it is on this machine. */
export function nodeVersion(): string | undefined {
  // Where there is no Node, Deno itself runs as "node": that prints nothing.
  const script = "process.versions.deno ? '' : process.version";
  return tryRun(["node", "-p", script]) || undefined;
}
