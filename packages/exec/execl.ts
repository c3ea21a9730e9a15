/**
 * execl(3): a path, and the arguments one by one.
 *
 * @module
 */

import type { PathLike, StringOrBytes } from "@procctl/libc";
import { execv } from "./execv.ts";

/**
 * Replaces this program by another, with the arguments listed one by one, as
 * execl(3). C's null pointer at their end is not needed here.
 *
 * Otherwise as {@linkcode execv}: the environment is inherited.
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
 * import { execl } from "@procctl/exec";
 *
 * execl("/bin/echo", "echo", "hello"); // prints: hello
 * ```
 */
export function execl(path: PathLike, ...argv: StringOrBytes[]): never {
  execv(path, argv);
}
