/**
 * Replacing this program by another, with all that usually comes before.
 *
 * @module
 */

import type { PathLike } from "@procctl/libc";
import { AttemptLimits } from "./_limits.ts";
import {
  changeDirectory,
  closeDescriptorsFrom,
  leaveRawMode,
  resetSigpipe,
  setUmask,
} from "./_process_state.ts";
import { redirect } from "./_redirect.ts";
import { searchAndExecute } from "./_search.ts";
import { encodeExecOptions, EXEC_OPTIONS } from "./encode_options.ts";
import type { ExecOptions } from "./exec_options.ts";
import { refuseUnknownOptions } from "./option_names.ts";

/**
 * Replaces this program by another, with what usually has to be done before.
 *
 * Without a slash the command is looked for in the caller's PATH, as
 * {@linkcode execvp} does. On success it does not return: the same process
 * runs the new program. If anything fails, descriptors, directory, umask,
 * signals and terminal are as before, and the program goes on. So are limits,
 * but for a hard one that was lowered: to raise it again takes CAP_SYS_RESOURCE,
 * and without it the error names the limits that stay lowered.
 *
 * What Deno changed for itself is put right: SIGPIPE gets its default effect,
 * and a terminal in raw mode leaves it. One thing cannot be: Deno raised the
 * soft limit of open files (RLIMIT_NOFILE) to the hard one when it started, and
 * what it was before is not known. It stays so unless `limits.nofile` is given.
 *
 * Steps are taken in this order: umask, standard streams, directory,
 * descriptors, SIGPIPE, the search for the file, limits, exec.
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
 *
 * @example Limits
 * ```ts
 * import { exec } from "@procctl/exec";
 *
 * exec("sh", {
 *   args: ["-c", "ulimit -Sn; ulimit -Ss; ulimit -c"],
 *   limits: { nofile: { soft: 256 }, stack: "4MiB", core: 0 },
 * });
 * // prints: 256
 * // prints: 4096
 * // prints: 0
 * ```
 */
export function exec(command: PathLike, options: ExecOptions = {}): never {
  refuseUnknownOptions(options, EXEC_OPTIONS);
  const checked = encodeExecOptions(command, options);
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
  const env = checked.environment();
  const limits = new AttemptLimits(checked.limits);
  const { command: file, argv, shellFallback } = checked;
  try {
    searchAndExecute(file, argv, env, { shellFallback, limits });
  } catch (error) {
    throw limits.explain(error);
  }
}
