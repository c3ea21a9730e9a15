/**
 * Following scripts to the program that runs.
 *
 * @module
 */

import { ArgumentArea, lengthsOf, toStackSizes } from "./_argument_area.ts";
import { toCString, toCStrings } from "./_bytes.ts";
import { isEnv } from "./_env_command.ts";
import { toEntries } from "./_environment.ts";
import type { KernelArch } from "./_load_elf.ts";
import { type Execution, resolveExecution } from "./_resolve.ts";
import { followEnv } from "./_run_env.ts";
import type { Environment } from "./environment.ts";
import type { ExecutableFiles } from "./executable_files.ts";
import type { Resolution } from "./resolution.ts";

/** Options of {@linkcode resolveInterpreters}. */
export interface ResolveInterpretersOptions {
  /**
   * The environment of the new program. With it, what env(1) would run is told
   * too, found in the PATH that is in it.
   *
   * @default {not known: env(1) is not followed}
   */
  env?: Environment;
  /**
   * The sizes that decide whether the arguments and the environment fit, as
   * {@linkcode argumentSpace} takes them. Without, it is not asked.
   *
   * @default {the arguments fit}
   */
  space?: { stackLimit?: number; pageSize?: number };
  /**
   * The descriptor that the path is relative to, for execveat(2): its number,
   * and whether it closes on exec. An empty path stands for its own file, as
   * with AT_EMPTY_PATH.
   *
   * @default {none: as execve(2)}
   */
  descriptor?: { fd: number; closeOnExec: boolean };
  /**
   * The architecture of the kernel.
   *
   * @default {that of the program}
   */
  arch?: "x86_64" | "aarch64";
}

const ACTION = "resolve interpreters";

/**
 * Follows a script to the program that execve(2) starts in its place, through
 * interpreters that are scripts themselves, or says why it starts none.
 *
 * The rules are those of Linux 6.8 and later, in the order of the kernel's own
 * checks, so that the first of several faults is told. Five scripts may lead to
 * a program, though execve(2) says four; what the interpreter of a sixth is, is
 * told before that it is one too many. Relative interpreters are looked up from
 * the current directory, and PATH plays no part. The path of a script that is
 * executed by its descriptor is `/dev/fd/N`, and if that closes on exec, no
 * interpreter could open it, and execve(2) fails with ENOENT.
 *
 * If the environment is given and the program is `env`, it is taken for that of
 * GNU coreutils, and what it would do is told: its options `-i`, `-u`, `-C`,
 * `-S` and the rest, the assignments, and the search in PATH. What cannot be
 * known, such as an option that only some versions have, is told to be unknown.
 *
 * Not asked are file formats of binfmt_misc, security modules, and what may
 * happen in the meantime.
 *
 * @param path The path that is executed.
 * @param argv The arguments, the program's own name first.
 * @param files What the files are.
 * @param options The environment, and what else is known of the system.
 * @returns The program and its arguments, or why there is none. What was given
 * as bytes is not copied.
 * @throws {TypeError} If a string cannot be handed to a program.
 * @throws {RangeError} If a size of the options is none.
 *
 * @example Usage
 * ```ts
 * import { type ExecutableFiles, resolveInterpreters } from "@procctl/shebang";
 *
 * const contents: Record<string, string> = {
 *   "./report": "#!./runner --fast\n",
 *   "./runner": "#!/bin/gone -x\n",
 * };
 * const files: ExecutableFiles = {
 *   open(path) {
 *     const content = contents[new TextDecoder().decode(path)];
 *     if (content === undefined) return { kind: "error", code: "ENOENT" };
 *     const bytes = new TextEncoder().encode(content);
 *     return { kind: "file", read: (at, size) => bytes.subarray(at, at + size) };
 *   },
 * };
 * const resolution = resolveInterpreters("./report", ["report"], files);
 * if (resolution.kind === "error") {
 *   console.log(resolution.code, new TextDecoder().decode(resolution.at)); // prints: ENOENT /bin/gone
 *   console.log(resolution.level, resolution.chain.length); // prints: 2 2
 * }
 * ```
 */
export function resolveInterpreters(
  path: Uint8Array | string,
  argv: readonly (Uint8Array | string)[],
  files: ExecutableFiles,
  options: ResolveInterpretersOptions = {},
): Resolution {
  const { descriptor } = options;
  const arch = toArch(options.arch);
  const executed = toCString(path, ACTION, "path");
  const args = toCStrings(argv, ACTION, "argv");
  const env = options.env === undefined
    ? undefined
    : toEntries(options.env, ACTION);
  const sizes = options.space && toStackSizes(options.space, ACTION);
  const execution: Execution = {
    path: executed,
    argv: args,
    files,
    arch,
    area: (name, argv, entries) =>
      sizes && new ArgumentArea(
        name.length,
        lengthsOf(argv),
        lengthsOf(entries),
        sizes,
      ),
    env: env ?? [],
  };
  const resolution = resolveExecution(execution, descriptor);
  if (
    resolution.kind === "program" && env !== undefined &&
    isEnv(resolution.path)
  ) {
    return { ...resolution, env: followEnv(resolution.argv, execution) };
  }
  return resolution;
}

function toArch(arch: KernelArch | undefined): KernelArch | undefined {
  if (arch === undefined || arch === "x86_64" || arch === "aarch64") {
    return arch;
  }
  throw new TypeError(
    `Cannot ${ACTION}: unknown arch "${arch}", ` +
      'expected "x86_64" or "aarch64"',
  );
}
