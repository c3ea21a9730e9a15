/**
 * The options of {@linkcode exec}, in the form that C takes: for those who build
 * on them, as `@procctl/spawn` does.
 *
 * @module
 * @experimental
 */

import {
  encodeBytes,
  encodeList,
  encodePath,
  type PathLike,
} from "@procctl/libc";
import { type EncodedLimit, encodeLimits } from "@procctl/rlimit/encode-limits";
import { changedEnvironment, checkEnvironment } from "./_environment.ts";
import { STREAMS } from "./_redirect.ts";
import { type EncodedStdio, encodeStdio } from "./encode_stdio.ts";
import type { ExecOptions } from "./exec_options.ts";
import type { OptionNames } from "./option_names.ts";

/** The options that there are. */
export const EXEC_OPTIONS: OptionNames<ExecOptions> = {
  args: true,
  argv0: true,
  env: true,
  clearEnv: true,
  cwd: true,
  umask: true,
  limits: true,
  sigpipe: true,
  shellFallback: true,
  stdin: true,
  stdout: true,
  stderr: true,
  closeFrom: true,
};

/** Options in the form that C takes. */
export interface EncodedExecOptions {
  /** What is executed, as it was named. */
  command: Uint8Array<ArrayBuffer>;
  /** The arguments, the program's own name first. */
  argv: Uint8Array<ArrayBuffer>[];
  /**
   * Makes the environment's entries out of those that the caller has at that
   * time; undefined if they stay as they are.
   */
  environment: () => Uint8Array[] | undefined;
  /** The working directory, if it changes. */
  cwd: Uint8Array<ArrayBuffer> | undefined;
  /** The file mode creation mask, if it changes. */
  umask: number | undefined;
  /** The changes to limits. */
  limits: readonly EncodedLimit[];
  /** Whether SIGPIPE gets its default effect. */
  resetSigpipe: boolean;
  /** Whether a file of no format that the kernel knows goes to /bin/sh. */
  shellFallback: boolean;
  /** The standard streams, in the order of their numbers. */
  streams: readonly EncodedStdio[];
  /** The number from which on descriptors are closed, if they are. */
  closeFrom: number | undefined;
}

/**
 * Checks everything that can be checked before anything is done, and turns it
 * into what C takes.
 *
 * @param command The program, as {@linkcode exec} takes it.
 * @param options The options of `exec()`.
 * @returns The same, for C.
 * @throws {TypeError} If an option cannot be handed to C, or is none of those
 * that it can be.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import { encodeExecOptions } from "@procctl/exec/encode-options";
 *
 * const { argv } = encodeExecOptions("ls", { args: ["-l"] });
 * console.log(argv.map((bytes) => new TextDecoder().decode(bytes)).join(" ")); // prints: ls -l
 * ```
 */
export function encodeExecOptions(
  command: PathLike,
  options: ExecOptions,
): EncodedExecOptions {
  const file = encodePath(command, "command");
  const {
    args = [],
    argv0,
    env,
    clearEnv = false,
    cwd,
    umask,
    limits = {},
    sigpipe = "default",
    shellFallback = false,
    closeFrom,
  } = options;
  if (sigpipe !== "default" && sigpipe !== "keep") {
    throw new TypeError(
      `Cannot set sigpipe to ${
        JSON.stringify(sigpipe)
      }: expected "default" or "keep"`,
    );
  }
  const changes = checkEnvironment(env);
  return {
    command: file,
    argv: [
      argv0 === undefined ? file : encodeBytes(argv0, "argv0"),
      ...encodeList(args, "args"),
    ],
    environment: () => changedEnvironment(changes, clearEnv),
    cwd: cwd === undefined ? undefined : encodePath(cwd, "cwd"),
    umask: checkRange(umask, "umask", 0, 0o777),
    limits: encodeLimits(limits),
    resetSigpipe: sigpipe === "default",
    shellFallback,
    streams: STREAMS.map((name) => encodeStdio(options[name], name)),
    closeFrom: checkRange(closeFrom, "closeFrom", 3, 2 ** 31 - 1),
  };
}

function checkRange(
  value: number | undefined,
  name: string,
  min: number,
  max: number,
): number | undefined {
  if (value === undefined) return undefined;
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new RangeError(
    `Cannot set ${name} to ${value}: expected an integer from ${min} to ${max}`,
  );
}
