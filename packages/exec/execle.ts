/**
 * execle(3): a path, the arguments one by one, and an environment.
 *
 * @module
 */

import type { Env, PathLike, StringOrBytes } from "@procctl/libc";
import { execve } from "./execve.ts";

/**
 * Replaces this program by another, with the arguments listed one by one and
 * the environment after them, as execle(3).
 *
 * Otherwise as {@linkcode execve}.
 *
 * @param path The file to execute; there is no search in PATH.
 * @param argvAndEnv The arguments, the new program's own name first, and last
 * its whole environment.
 * @returns Never.
 * @throws {SystemError} If the file cannot be executed. The program goes on.
 * @throws {TypeError} If an argument cannot be handed to C, or the environment
 * is missing. No system call was made.
 *
 * @example Usage
 * ```ts
 * import { execle } from "@procctl/exec";
 *
 * execle("/bin/sh", "sh", "-c", "echo $A", { A: "1" }); // prints: 1
 * ```
 */
export function execle(
  path: PathLike,
  ...argvAndEnv: [...argv: StringOrBytes[], env: Env]
): never {
  const argv = argvAndEnv.slice(0, -1) as StringOrBytes[];
  execve(path, argv, argvAndEnv.at(-1) as Env);
}
