/**
 * execve(2): a path, arguments and an environment, as the kernel takes them.
 *
 * @module
 */

import {
  Arena,
  encodeArgv,
  encodeEnv,
  encodePath,
  type Env,
  type PathLike,
  type StringOrBytes,
} from "@procctl/libc";
import { layOut, tryExecute } from "./_execute.ts";
import { explainedError } from "./_explained_error.ts";

/**
 * Replaces this program by another, as execve(2).
 *
 * On success it does not return: the same process, with the same pid, runs the
 * new program. Nothing of this one is left, and no handler of `unload` or
 * `exit` runs. All that execve(2) preserves stays as it is, among it SIGPIPE,
 * which Deno ignores: {@linkcode exec} puts such things right.
 *
 * From a Worker it does the same to the whole process.
 *
 * @param path The file to execute; there is no search in PATH.
 * @param argv The arguments, the new program's own name first.
 * @param env The whole environment of the new program.
 * @returns Never.
 * @throws {SystemError} If the file cannot be executed. The program goes on.
 * @throws {TypeError} If an argument cannot be handed to C: see
 * `@procctl/libc/encode`. No system call was made.
 *
 * @example Usage
 * ```ts
 * import { execve } from "@procctl/exec";
 *
 * execve("/bin/sh", ["sh", "-c", "echo $0 $A"], { A: "1" }); // prints: sh 1
 * ```
 */
export function execve(
  path: PathLike,
  argv: readonly StringOrBytes[],
  env: Env,
): never {
  const bytes = encodePath(path);
  const args = encodeArgv(argv);
  const entries = encodeEnv(env);
  using arena = new Arena();
  const errno = tryExecute(bytes, layOut(arena, args, entries));
  throw explainedError(bytes, errno, { argv: args, env: entries });
}
