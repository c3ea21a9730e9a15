/**
 * execv(3): a path, and the arguments as a list.
 *
 * @module
 */

import {
  Arena,
  encodeArgv,
  encodePath,
  type PathLike,
  type StringOrBytes,
} from "@procctl/libc";
import { layOut, tryExecute } from "./_execute.ts";
import { explainedError } from "./_explained_error.ts";

/**
 * Replaces this program by another that inherits the environment, as execv(3).
 *
 * The environment is C's `environ`, byte for byte, with all that
 * `Deno.env.set()` changed; it needs no `--allow-env`. Otherwise as
 * {@linkcode execve}.
 *
 * @param path The file to execute; there is no search in PATH.
 * @param argv The arguments, the new program's own name first.
 * @returns Never.
 * @throws {SystemError} If the file cannot be executed. The program goes on.
 * @throws {TypeError} If an argument cannot be handed to C. No system call was
 * made.
 *
 * @example Usage
 * ```ts
 * import { execv } from "@procctl/exec";
 *
 * execv("/bin/echo", ["echo", "hello"]); // prints: hello
 * ```
 */
export function execv(path: PathLike, argv: readonly StringOrBytes[]): never {
  const bytes = encodePath(path);
  const args = encodeArgv(argv);
  using arena = new Arena();
  const errno = tryExecute(bytes, layOut(arena, args, undefined));
  throw explainedError(bytes, errno, { argv: args, env: undefined });
}
