/**
 * Writing the first line of a script.
 *
 * @module
 */

import {
  concat,
  decode,
  equals,
  indexOfBlank,
  isBlank,
  NEWLINE,
  NUL,
  SPACE,
  toBytes,
} from "./_bytes.ts";
import { rulesOf } from "./_rules.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { parseShebang, type ParseShebangOptions } from "./parse_shebang.ts";

/**
 * A first line that was written, or why it cannot be, told apart by `kind`.
 *
 * - `line`: it is written.
 * - `impossible`: there is no such line.
 */
export type FormattedShebang =
  | {
    /** It is written. */
    kind: "line";
    /** The line with the newline at its end. */
    bytes: Uint8Array;
    /** The same as text; what is not UTF-8 appears as U+FFFD. */
    text: string;
    /** What {@linkcode parseShebang} remarks on it. */
    diagnostics: Diagnostic[];
  }
  | {
    /** There is no such line. */
    kind: "impossible";
    /** Why, in words, for a person: a sentence without its period. */
    reason: string;
  };

const ACTION = "format a shebang line";

/**
 * Writes the first line of a script, so that it starts exactly this interpreter
 * with exactly this argument.
 *
 * The line is parsed back before it is returned: what comes out of
 * {@linkcode parseShebang} under the same profile is what was put in. Where no
 * line does that, the reason is told.
 *
 * An argument that is empty, or ends in a blank, needs a NUL byte behind it to
 * be passed on whole, and gets one. Interpreters that do not expect a NUL in
 * their source may refuse such a script; `diagnostics` then has `nul-byte`.
 *
 * @param interpreter The path of the interpreter.
 * @param argument The argument for it; undefined for none.
 * @param options Whose rules will read the line.
 * @returns The line, or why there is none.
 * @throws {TypeError} If the interpreter or the argument is neither text nor
 * bytes, or has a lone surrogate, or if the profile is unknown.
 *
 * @example Usage
 * ```ts
 * import { formatShebang } from "@procctl/shebang";
 *
 * for (const path of ["/opt/venv/bin/python", "/opt/my venv/bin/python"]) {
 *   const line = formatShebang(path, "-I");
 *   if (line.kind === "line") console.log(line.text.trimEnd());
 *   else console.log(line.reason);
 * }
 * // prints: #!/opt/venv/bin/python -I
 * // prints: The interpreter has a blank in it, at which it would end
 * ```
 */
export function formatShebang(
  interpreter: Uint8Array | string,
  argument?: Uint8Array | string,
  options: ParseShebangOptions = {},
): FormattedShebang {
  const name = toBytes(interpreter, ACTION, "interpreter");
  const arg = argument === undefined
    ? undefined
    : toBytes(argument, ACTION, "argument");
  rulesOf(options.profile ?? "linux-5.8", ACTION);

  const reason = faultOf("interpreter", name) ??
    (arg === undefined ? undefined : faultOf("argument", arg));
  if (reason !== undefined) return { kind: "impossible", reason };

  const bytes = write(name, arg);
  const line = parseShebang(bytes, options);
  if (line.kind === "invalid") {
    return { kind: "impossible", reason: line.reason };
  }
  if (
    line.kind === "script" && isSame(line.interpreter, line.args, name, arg)
  ) {
    const { diagnostics } = line;
    return { kind: "line", bytes, text: decode(bytes), diagnostics };
  }
  return { kind: "impossible", reason: differenceOf(arg) };
}

const HASH_BANG = Uint8Array.of(0x23, 0x21);

function write(name: Uint8Array, arg: Uint8Array | undefined): Uint8Array {
  if (arg === undefined) {
    // Without the NUL there would be no interpreter at all.
    const end = name.length === 0 ? [NUL, NEWLINE] : [NEWLINE];
    return concat(HASH_BANG, name, Uint8Array.from(end));
  }
  const guarded = arg.length === 0 || isBlank(arg.at(-1));
  return concat(
    HASH_BANG,
    name,
    Uint8Array.of(SPACE),
    arg,
    Uint8Array.from(guarded ? [NUL, NEWLINE] : [NEWLINE]),
  );
}

/** What no line of any length can hold, under any profile. */
function faultOf(what: string, bytes: Uint8Array): string | undefined {
  if (bytes.includes(NUL)) return `The ${what} has a NUL byte in it`;
  if (bytes.includes(NEWLINE)) {
    return `The ${what} has a newline in it, at which the line would end`;
  }
  if (what === "interpreter") {
    return indexOfBlank(bytes) === -1
      ? undefined
      : "The interpreter has a blank in it, at which it would end";
  }
  return isBlank(bytes[0])
    ? "The argument begins with a blank, which would be skipped"
    : undefined;
}

function isSame(
  interpreter: Uint8Array,
  args: readonly Uint8Array[],
  name: Uint8Array,
  arg: Uint8Array | undefined,
): boolean {
  if (!equals(interpreter, name)) return false;
  if (arg === undefined) return args.length === 0;
  return args.length === 1 && equals(args[0]!, arg);
}

/** Why a line that is accepted is not read as it was meant. */
function differenceOf(arg: Uint8Array | undefined): string {
  if (arg?.length === 0) return "An empty argument is not passed on";
  if (arg !== undefined && indexOfBlank(arg) !== -1) {
    return "The argument is divided at a blank in it, or the line is too long";
  }
  return "The line is longer than what is passed on of it";
}
