/**
 * Whose rules read the first line of a script.
 *
 * @module
 */

/**
 * Whose rules read the first line of a script.
 *
 * - `linux-5.8`: Linux 5.8 and later. 256 bytes are read, of which 255 are
 *   used; a path that may be cut is refused; a blank before the end of a file
 *   passes one empty argument.
 * - `linux-5.1`: Linux 5.1 to 5.7. The same, but an empty argument is never
 *   passed, and an empty interpreter is refused.
 * - `linux-2.6.28`: Linux 2.6.28 to 5.0. 128 bytes are read, of which 127 are
 *   used; **a path that is cut is executed**; empty ones as above. (Stable
 *   kernels of that age may have got the refusal of a cut path later.)
 * - `first-word`: as `linux-5.8`, but the argument ends at its first blank.
 * - `split-words`: as `linux-5.8`, but blanks divide arguments from each other,
 *   of which there may be any number.
 *
 * The last two are what execve(2) tells of "some systems", under "Interpreter
 * scripts", and no more: how much of a line those read is not told, and they
 * stand for no particular system. The others are what `fs/binfmt_script.c` of
 * those versions does; the changes came with the commits 6eb3c3d0a52d (256
 * bytes), b5372fe5dc84 (no cut path) and ccbb18b67323 (empty arguments).
 *
 * @example Usage
 * ```ts
 * import { parseShebang, type Profile } from "@procctl/shebang";
 *
 * const profiles: Profile[] = ["linux-5.8", "first-word", "split-words"];
 * for (const profile of profiles) {
 *   const line = parseShebang("#!/bin/awk -f -v\n", { profile });
 *   if (line.kind !== "script") continue;
 *   console.log(line.args.map((arg) => new TextDecoder().decode(arg)));
 * }
 * // prints: [ "-f -v" ]
 * // prints: [ "-f" ]
 * // prints: [ "-f", "-v" ]
 * ```
 */
export type Profile =
  | "linux-5.8"
  | "linux-5.1"
  | "linux-2.6.28"
  | "first-word"
  | "split-words";
