/**
 * The string that env(1) of GNU coreutils takes after `-S`.
 *
 * @module
 */

import { toCString } from "./_bytes.ts";
import { toEntries } from "./_environment.ts";
import { splitBytes } from "./_split.ts";
import type { Environment } from "./environment.ts";

/**
 * What becomes of a string after `env -S`, told apart by `kind`.
 *
 * - `words`: it is split.
 * - `error`: env(1) fails with status 125 and starts nothing.
 */
export type EnvString =
  | {
    /** The string is split. */
    kind: "words";
    /** The arguments that take its place. There may be none. */
    words: Uint8Array[];
  }
  | {
    /** env(1) fails with status 125. */
    kind: "error";
    /** Why, in words, for a person: a sentence without its period. */
    reason: string;
    /** Where in the string, in bytes. */
    index: number;
  };

const ACTION = "split a string for env";

/**
 * Splits a string into arguments, as env(1) of GNU coreutils does with what
 * follows its option `-S`.
 *
 * - Blanks, tabs and newlines outside quotes divide arguments, and so do
 *   carriage returns, form feeds and vertical tabs. They make no empty ones.
 * - `'` and `"` quote, and make an argument even of nothing.
 * - `${NAME}` outside `'` stands for the value of a variable, which is not
 *   split. One that is not set stands for nothing, and makes no argument.
 * - `#` where an argument would begin makes the rest a comment.
 * - `\f`, `\n`, `\r`, `\t` and `\v` stand for their characters, `\"`, `\#`,
 *   `\$`, `\'` and `\\` for what follows the backslash. `\_` divides arguments,
 *   and is a space inside `"`. `\c` makes the rest a comment. Inside `'` there
 *   are `\\` and `\'` alone.
 *
 * It follows coreutils 8.32 and later. The `env` of FreeBSD has other rules for
 * a few of these, and those of BusyBox, NetBSD and OpenBSD have no `-S`.
 *
 * @param text The string. A string is taken as UTF-8.
 * @param env The environment before env(1) changes it.
 * @returns The arguments, or why there are none.
 * @throws {TypeError} If the text or the environment cannot be handed to a
 * program: it contains a NUL, a lone surrogate, or is not what is expected.
 *
 * @example Usage
 * ```ts
 * import { splitEnvString } from "@procctl/shebang";
 *
 * const split = splitEnvString(`node -p "1 + 1"\\_\${NAME} # sum`, { NAME: "a b" });
 * if (split.kind === "words") {
 *   console.log(split.words.map((word) => new TextDecoder().decode(word)));
 *   // prints: [ "node", "-p", "1 + 1", "a b" ]
 * }
 * ```
 *
 * @example An error
 * ```ts
 * import { splitEnvString } from "@procctl/shebang";
 *
 * const split = splitEnvString("echo $HOME");
 * if (split.kind === "error") console.log(split.reason);
 * // prints: "$" is not followed by the name of a variable in braces
 * ```
 */
export function splitEnvString(
  text: Uint8Array | string,
  env: Environment = {},
): EnvString {
  return splitBytes(toCString(text, ACTION, "text"), toEntries(env, ACTION));
}
