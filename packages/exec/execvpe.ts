/**
 * execvpe(3): a name to be found in PATH, arguments and an environment.
 *
 * @module
 */

import {
  encodeArgv,
  encodeEnv,
  encodePath,
  type Env,
  type PathLike,
  type StringOrBytes,
} from "@procctl/libc";
import { searchAndExecute } from "./_search.ts";

/**
 * Replaces this program by another that is found in PATH, as execvpe(3) of
 * glibc.
 *
 * PATH is the caller's: one in `env` is the new program's and not searched.
 * Otherwise as {@linkcode execvp}.
 *
 * @param file The name of the file, or a path with a slash.
 * @param argv The arguments, the new program's own name first.
 * @param env The whole environment of the new program.
 * @returns Never.
 * @throws {SystemError} If no file can be executed. The program goes on.
 * @throws {TypeError} If an argument cannot be handed to C. No system call was
 * made.
 *
 * @example Usage
 * ```ts
 * import { execvpe } from "@procctl/exec";
 *
 * execvpe("sh", ["sh", "-c", "echo $PATH"], { PATH: "/none" }); // prints: /none
 * ```
 */
export function execvpe(
  file: PathLike,
  argv: readonly StringOrBytes[],
  env: Env,
): never {
  const bytes = encodePath(file, "file");
  searchAndExecute(bytes, encodeArgv(argv), encodeEnv(env), {
    shellFallback: true,
  });
}
