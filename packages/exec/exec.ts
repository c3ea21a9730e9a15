import {
  encodeBytes,
  encodeList,
  encodePath,
  type PathLike,
  type StringOrBytes,
} from "@procctl/libc";
import {
  changedEnvironment,
  checkEnvironment,
  type EnvironmentChanges,
} from "./_environment.ts";
import {
  changeDirectory,
  closeDescriptorsFrom,
  leaveRawMode,
  resetSigpipe,
  setUmask,
} from "./_process_state.ts";
import {
  checkStdio,
  redirect,
  type Redirections,
  STREAMS,
} from "./_redirect.ts";
import { searchAndExecute } from "./_search.ts";
import type { Stdio } from "./stdio.ts";

/** How {@linkcode exec} starts the new program. */
export interface ExecOptions {
  /**
   * The arguments after the program's name.
   *
   * @default {[]}
   */
  args?: readonly StringOrBytes[];
  /**
   * The name the program is told as its own.
   *
   * @default {command}
   */
  argv0?: StringOrBytes;
  /**
   * Changes to the environment that the program inherits: values by key, and
   * undefined to remove a variable.
   */
  env?: Record<string, StringOrBytes | undefined>;
  /**
   * Begin with an empty environment.
   *
   * @default {false}
   */
  clearEnv?: boolean;
  /**
   * The working directory. The command's own path, and relative folders of
   * PATH, are relative to it.
   *
   * @default {the caller's}
   */
  cwd?: PathLike;
  /**
   * The file mode creation mask, 0 to 0o777. Files of `stdin`, `stdout` and
   * `stderr` are created under it.
   *
   * @default {the caller's}
   */
  umask?: number;
  /**
   * What becomes of SIGPIPE: its default effect, or `"keep"` for what it is in
   * this process, where Deno ignores it.
   *
   * @default {"default"}
   */
  sigpipe?: "default" | "keep";
  /**
   * Give a file of no format that the kernel knows to /bin/sh, as
   * {@linkcode execvp} does.
   *
   * @default {false}
   */
  shellFallback?: boolean;
  /**
   * The standard input.
   *
   * @default {"inherit"}
   */
  stdin?: Stdio;
  /**
   * The standard output.
   *
   * @default {"inherit"}
   */
  stdout?: Stdio;
  /**
   * The standard error.
   *
   * @default {"inherit"}
   */
  stderr?: Stdio;
  /**
   * Close every descriptor from this number on, at least 3. Without it those
   * that do not close on exec stay open; Deno's own all close.
   *
   * @default {none}
   */
  closeFrom?: number;
}

/**
 * Replaces this program by another, with what usually has to be done before.
 *
 * Without a slash the command is looked for in the caller's PATH, as
 * {@linkcode execvp} does. On success it does not return: the same process
 * runs the new program. If anything fails, descriptors, directory, umask,
 * signals and terminal are as before, and the program goes on.
 *
 * What Deno changed for itself is put right: SIGPIPE gets its default effect,
 * and a terminal in raw mode leaves it. One thing cannot be: Deno raised the
 * soft limit of open files (RLIMIT_NOFILE) to the hard one when it started, and
 * what it was before is not known.
 *
 * Steps are taken in this order: umask, standard streams, directory,
 * descriptors, SIGPIPE, exec.
 *
 * @param command The program: its name, or a path with a slash.
 * @param options How it is started.
 * @returns Never.
 * @throws {SystemError} If a step fails; `syscall` tells which.
 * @throws {TypeError} If an option cannot be handed to C, or is none of those
 * listed. No system call was made.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import { exec } from "@procctl/exec";
 *
 * exec("sh", { args: ["-c", "echo $GREETING"], env: { GREETING: "hello" } }); // prints: hello
 * ```
 *
 * @example Errors and output to a file
 * ```ts
 * import { exec } from "@procctl/exec";
 *
 * exec("sh", {
 *   args: ["-c", "echo out; echo err >&2"],
 *   stdout: { path: "log", access: "append", create: true, mode: 0o640 },
 *   stderr: 1,
 * }); // prints: err
 * ```
 */
export function exec(command: PathLike, options: ExecOptions = {}): never {
  const checked = checkOptions(command, options);
  // What is put on this stack is undone in reverse when the exec has failed.
  using undo = new DisposableStack();
  leaveRawMode(undo);
  if (checked.umask !== undefined) setUmask(checked.umask, undo);
  redirect(checked.streams, undo);
  if (checked.cwd !== undefined) changeDirectory(checked.cwd, undo);
  if (checked.closeFrom !== undefined) {
    closeDescriptorsFrom(checked.closeFrom, undo);
  }
  if (checked.resetSigpipe) resetSigpipe(undo);
  const env = changedEnvironment(checked.envChanges, checked.clearEnv);
  searchAndExecute(checked.command, checked.argv, env, checked);
}

interface CheckedOptions {
  command: Uint8Array;
  argv: Uint8Array[];
  envChanges: EnvironmentChanges;
  clearEnv: boolean;
  cwd: Uint8Array | undefined;
  umask: number | undefined;
  resetSigpipe: boolean;
  shellFallback: boolean;
  streams: Redirections;
  closeFrom: number | undefined;
}

/** Checks everything that can be checked before anything is changed. */
function checkOptions(
  command: PathLike,
  options: ExecOptions,
): CheckedOptions {
  const file = encodePath(command, "command");
  const {
    args = [],
    argv0,
    env,
    clearEnv = false,
    cwd,
    umask,
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
  return {
    command: file,
    argv: [
      argv0 === undefined ? file : encodeBytes(argv0, "argv0"),
      ...encodeList(args, "args"),
    ],
    envChanges: checkEnvironment(env),
    clearEnv,
    cwd: cwd === undefined ? undefined : encodePath(cwd, "cwd"),
    umask: checkRange(umask, "umask", 0, 0o777),
    resetSigpipe: sigpipe === "default",
    shellFallback,
    streams: STREAMS.map((name) => checkStdio(options[name], name)),
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
