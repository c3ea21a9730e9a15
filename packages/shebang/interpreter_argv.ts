/**
 * What execve(2) hands to the interpreter of a script.
 *
 * @module
 */

import { toCString, toCStrings } from "./_bytes.ts";

/** A script's interpreter and its arguments, as {@linkcode parseShebang} finds them. */
export interface Interpreter {
  /** The interpreter's path, as it stands in the line. */
  interpreter: Uint8Array | string;
  /** What the line passes to it; on Linux one argument or none. */
  args?: readonly (Uint8Array | string)[];
}

const ACTION = "rewrite the arguments";

/**
 * The arguments of an interpreter that the kernel starts in a script's place.
 *
 * They are the interpreter, what its line passes to it, the path of the script
 * as it was executed, and the script's own arguments without the first: what
 * the caller chose for `argv[0]` is lost. Where the interpreter is a script
 * too, the kernel does the same again, with the interpreter as the path.
 *
 * @param line The interpreter and its arguments.
 * @param path The path of the script, as it was given to execve(2).
 * @param argv The arguments that execve(2) was given, its own name first.
 * @returns The arguments of the interpreter. What was given as bytes is not copied.
 * @throws {TypeError} If something cannot be handed to a program: it contains a
 * NUL, a lone surrogate, or is not what is expected.
 *
 * @example Usage
 * ```ts
 * import { interpreterArgv, parseShebang } from "@procctl/shebang";
 *
 * const line = parseShebang("#!/bin/sh -e\n");
 * if (line.kind === "script") {
 *   const argv = interpreterArgv(line, "./deploy", ["deploy", "now"]);
 *   console.log(argv.map((arg) => new TextDecoder().decode(arg)));
 *   // prints: [ "/bin/sh", "-e", "./deploy", "now" ]
 * }
 * ```
 */
export function interpreterArgv(
  line: Interpreter,
  path: Uint8Array | string,
  argv: readonly (Uint8Array | string)[],
): Uint8Array[] {
  return [
    toCString(line.interpreter, ACTION, "interpreter"),
    ...toCStrings(line.args ?? [], ACTION, "args"),
    toCString(path, ACTION, "path"),
    ...toCStrings(argv, ACTION, "argv").slice(1),
  ];
}
