/**
 * execlp(3): a name to be found in PATH, and the arguments one by one.
 *
 * @module
 */

import type { PathLike, StringOrBytes } from "@procctl/libc";
import { execvp } from "./execvp.ts";

/**
 * Replaces this program by another that is found in PATH, with the arguments
 * listed one by one, as execlp(3) of glibc.
 *
 * Otherwise as {@linkcode execvp}: the environment is inherited.
 *
 * @param file The name of the file, or a path with a slash.
 * @param argv The arguments, the new program's own name first.
 * @returns Never.
 * @throws {SystemError} If no file can be executed. The program goes on.
 * @throws {TypeError} If an argument cannot be handed to C. No system call was
 * made.
 *
 * @example Usage
 * ```ts
 * import { execlp } from "@procctl/exec";
 *
 * execlp("echo", "echo", "hello"); // prints: hello
 * ```
 */
export function execlp(file: PathLike, ...argv: StringOrBytes[]): never {
  execvp(file, argv);
}
