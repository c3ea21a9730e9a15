/**
 * Where a program is looked for: the rules of execvp(3), for those who build on
 * them, as `@procctl/spawn` does.
 *
 * @module
 * @experimental
 */

import { getenv } from "@procctl/libc";
import { executionError } from "./_execution_error.ts";

const ENOENT = 2;
const EACCES = 13;
const ENAMETOOLONG = 36;

/**
 * The errors after which the search goes on: ENOENT, ENODEV, ENOTDIR,
 * ETIMEDOUT and ESTALE say that the file is not there, EACCES that this one may
 * not be executed. Any other error is about a file that was found.
 */
export const SEARCH_GOES_ON: ReadonlySet<number> = new Set([
  ENOENT,
  19,
  20,
  110,
  116,
  EACCES,
]);

const NAME_MAX = 255;
const PATH_MAX = 4096;
const SLASH = 0x2f;
const COLON = 0x3a;

/** What is searched where PATH is not set, as by glibc: `/bin:/usr/bin`. */
export const DEFAULT_PATH: Uint8Array = new TextEncoder().encode(
  "/bin:/usr/bin",
);

/**
 * The paths at which execvp(3) tries a program, in order.
 *
 * A name with a slash is a path already. An empty element of PATH stands for
 * the working directory. One that alone is too long for a path is passed over.
 * (So does glibc, but it then takes the colon after it for an empty element,
 * and looks in the working directory.)
 *
 * @param file The program's name.
 * @param path What PATH is. By default the caller's, and `/bin:/usr/bin` where
 * that is not set.
 * @returns The paths.
 * @throws {SystemError} If the name is empty (`ENOENT`) or too long for a file's
 * name (`ENAMETOOLONG`).
 *
 * @example Usage
 * ```ts
 * import { searchPaths } from "@procctl/exec/search-path";
 *
 * const encode = (text: string) => new TextEncoder().encode(text);
 * const paths = searchPaths(encode("ls"), encode("/opt:/bin"));
 * console.log(paths.map((path) => new TextDecoder().decode(path)).join(" ")); // prints: /opt/ls /bin/ls
 * ```
 */
export function searchPaths(
  file: Uint8Array,
  path?: Uint8Array,
): Uint8Array[] {
  if (file.length === 0) throw executionError(file, ENOENT);
  if (file.includes(SLASH)) return [file];
  if (file.length > NAME_MAX) throw executionError(file, ENAMETOOLONG);
  // Not before: to read the environment takes symbols of libc to be opened.
  const folders = path ?? getenv("PATH") ?? DEFAULT_PATH;
  const paths: Uint8Array[] = [];
  for (let start = 0; start <= folders.length;) {
    const colon = folders.indexOf(COLON, start);
    const end = colon === -1 ? folders.length : colon;
    const folder = folders.subarray(start, end);
    if (folder.length === 0) paths.push(file);
    else if (folder.length < PATH_MAX) paths.push(join(folder, file));
    start = end + 1;
  }
  return paths;
}

function join(folder: Uint8Array, file: Uint8Array): Uint8Array {
  const path = new Uint8Array(folder.length + 1 + file.length);
  path.set(folder);
  path[folder.length] = SLASH;
  path.set(file, folder.length + 1);
  return path;
}
