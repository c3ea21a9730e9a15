/**
 * execvp(3): a name to be found in PATH, and the arguments as a list.
 *
 * @module
 */

import {
  encodeArgv,
  encodePath,
  type PathLike,
  type StringOrBytes,
} from "@procctl/libc";
import { searchAndExecute } from "./_search.ts";

/**
 * Replaces this program by another that is found in PATH and inherits the
 * environment, as execvp(3) of glibc.
 *
 * A file whose name has a slash is not searched for. One that the kernel does
 * not know how to execute (ENOEXEC) is given to /bin/sh, as a script without a
 * `#!` line: `argv[0]` is then lost, and the path takes its place.
 *
 * The search passes over files that are missing or may not be executed, and
 * fails with EACCES if there was one of the latter. Without PATH it looks in
 * /bin and /usr/bin; an empty element of PATH is the working directory.
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
 * import { execvp } from "@procctl/exec";
 *
 * execvp("echo", ["echo", "hello"]); // prints: hello
 * ```
 */
export function execvp(
  file: PathLike,
  argv: readonly StringOrBytes[],
): never {
  searchAndExecute(encodePath(file, "file"), encodeArgv(argv), undefined, {
    shellFallback: true,
  });
}
