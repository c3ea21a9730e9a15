/**
 * The kernel's rules for the first line of a script.
 *
 * @module
 */

import {
  copy,
  indexOf,
  indexOfBlank,
  isBlank,
  NEWLINE,
  NUL,
  toBytes,
} from "./_bytes.ts";
import { diagnose } from "./_diagnose.ts";
import { DEFAULT_PROFILE, type Rules, rulesOf } from "./_rules.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { Profile } from "./profile.ts";

/** Options of {@linkcode parseShebang}. */
export interface ParseShebangOptions {
  /**
   * Whose rules read the line.
   *
   * @default {"linux-5.8"}
   */
  profile?: Profile;
}

/**
 * What the kernel makes of the beginning of a file, told apart by `kind`.
 *
 * - `script`: the kernel starts the interpreter.
 * - `none`: the file does not begin with `#!`, so it is not an interpreter
 *   script. The kernel tries its other formats, such as ELF.
 * - `invalid`: the file begins with `#!`, but execve(2) fails with ENOEXEC.
 */
export type ShebangLine =
  | {
    /** The kernel starts the interpreter. */
    kind: "script";
    /**
     * The path that the kernel opens, which need not be UTF-8. It becomes
     * `argv[0]` of the interpreter.
     */
    interpreter: Uint8Array;
    /**
     * What the kernel passes between the interpreter and the path of the
     * script. Linux passes one argument or none; the profile `split-words`
     * passes any number.
     */
    args: Uint8Array[];
    /** Remarks on what may not be as meant; empty for most lines. */
    diagnostics: Diagnostic[];
  }
  | {
    /** The file does not begin with `#!`. */
    kind: "none";
  }
  | {
    /** The file begins with `#!`, but execve(2) fails with ENOEXEC. */
    kind: "invalid";
    /** Why, in words, for a person: a sentence without its period. */
    reason: string;
  };

const BANG = 0x21;
const HASH = 0x23;

/** The most that any rules read. */
const LARGEST_BUFFER = 256;

/** The bytes of a file that has fewer, without a new array for each. */
const scratch = new Uint8Array(LARGEST_BUFFER);

/**
 * Reads the first line of a file as the kernel does when execve(2) is called on
 * it.
 *
 * Only the first 256 bytes of the file matter, and more than these are ignored,
 * so `head` can be the whole file or its beginning. Give fewer bytes only if
 * the file has no more: the kernel sees zeros after the end of a file.
 *
 * The kernel's rules changed with time, and other systems have others: see
 * {@linkcode Profile}.
 *
 * Blanks are the space and the tab, and nothing else is special: not a carriage
 * return, a quote, a backslash, a `#`, a `~` or a `$`. What follows the
 * interpreter is one argument, never split, with the blanks inside it kept.
 *
 * @param head The first 256 bytes of the file, or more, or all that it has. A
 * string is taken as UTF-8.
 * @param options How to read the line.
 * @returns The interpreter and its argument, or why the kernel starts none. The
 * byte arrays are copies, views of one buffer.
 * @throws {TypeError} If `head` is neither a string nor bytes, or is a string
 * with a lone surrogate, or if the profile is unknown.
 *
 * @example Usage
 * ```ts
 * import { parseShebang } from "@procctl/shebang";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = (text: string) => new TextEncoder().encode(text);
 *
 * assertEquals(parseShebang("#!/bin/sh -e\n"), {
 *   kind: "script",
 *   interpreter: bytes("/bin/sh"),
 *   args: [bytes("-e")],
 *   diagnostics: [],
 * });
 * assertEquals(parseShebang("\x7fELF"), { kind: "none" });
 * assertEquals(parseShebang("#!\n/bin/sh\n"), {
 *   kind: "invalid",
 *   reason: "The line names no interpreter",
 * });
 * ```
 *
 * @example Find out why a script does not start
 * ```ts
 * import { parseShebang } from "@procctl/shebang";
 *
 * const line = parseShebang("#!/bin/sh\r\necho hello\r\n");
 * if (line.kind === "script") {
 *   console.log(line.diagnostics.map(({ kind }) => kind)); // prints: [ "carriage-return" ]
 * }
 * ```
 */
export function parseShebang(
  head: Uint8Array | string,
  options: ParseShebangOptions = {},
): ShebangLine {
  const { profile = DEFAULT_PROFILE } = options;
  const rules = rulesOf(profile, ACTION);
  const bytes = toBytes(head, ACTION);
  const size = rules.bufferSize;
  if (bytes.length === size) return parseBuffer(bytes, size, rules);
  if (bytes.length > size) {
    return parseBuffer(bytes.subarray(0, size), size, rules);
  }
  const buf = size === scratch.length ? scratch : scratch.subarray(0, size);
  buf.set(bytes);
  buf.fill(NUL, bytes.length);
  return parseBuffer(buf, bytes.length, rules);
}

const ACTION = "parse a shebang line";

/** Reads a line as the kernel has it: a whole buffer, zeros after the file's end. */
function parseBuffer(
  buf: Uint8Array,
  length: number,
  rules: Rules,
): ShebangLine {
  const last = buf.length - 1;

  // 1. Without "#!" the file is not an interpreter script.
  if (buf[0] !== HASH || buf[1] !== BANG) return { kind: "none" };

  // 2. The line ends at the first newline. Without one it ends at the last
  // byte, which is dropped, but only if the interpreter surely ends before:
  // the kernel does not start a program whose path may be cut. (Before Linux
  // 5.1 it did.)
  const newline = indexOf(buf, NEWLINE, 2, buf.length);
  let end = newline;
  if (newline === -1) {
    const first = nextNonBlank(buf, 2, last);
    if (first === -1) {
      return invalid(
        `The line is blank in the ${buf.length} bytes that the kernel reads`,
      );
    }
    if (rules.refusesCutPath && nextTerminator(buf, first, last) === -1) {
      return invalid(
        `The interpreter does not end within the ${buf.length} bytes that ` +
          "the kernel reads",
      );
    }
    end = last;
  }

  // 3. Blanks before the end are trimmed. In a short file without a newline
  // the zeros after its end stop this at once.
  while (isBlank(buf[end - 1])) end--;

  // 4. The interpreter begins at the first byte that is not a blank.
  const name = nextNonBlank(buf, 2, end);
  if (name === -1 || name === end) {
    return invalid("The line names no interpreter");
  }

  // 5. It is followed by a blank or a NUL, if by anything.
  const separator = nextTerminator(buf, name, end);

  // 6. After a blank, the argument begins at the next byte that is not a
  // blank. That byte may be a NUL, which makes the argument an empty string.
  const arg = separator !== -1 && buf[separator] !== NUL
    ? nextNonBlank(buf, separator, end)
    : -1;

  // 7. Both are C strings: a NUL ends them earlier. They are parts of one copy,
  // as a new array takes longer than all the rest.
  const line = copy(buf, name, end);
  const [nameEnd, argStart] = [separator - name, arg - name];
  const interpreter = cString(line, 0, separator === -1 ? end - name : nameEnd);
  const text = arg === -1 ? undefined : cString(line, argStart, end - name);
  if (interpreter.length === 0 && !rules.allowsEmpty) {
    return invalid("The line names no interpreter");
  }
  const argument = text?.length === 0 && !rules.allowsEmpty ? undefined : text;

  // 8. On Linux there is one argument or none, and it is never split.
  const args = argument === undefined ? [] : divide(argument, rules);
  const hasNewline = newline !== -1;
  return {
    kind: "script",
    interpreter,
    args,
    diagnostics: diagnose({
      buf,
      length,
      hasNewline,
      end,
      name,
      arg,
      interpreter,
      argument,
      args,
    }),
  };
}

function invalid(reason: string): ShebangLine {
  return { kind: "invalid", reason };
}

/** The arguments that the text after the interpreter becomes. */
function divide(text: Uint8Array, rules: Rules): Uint8Array[] {
  if (rules.arguments === "one") return [text];
  const words: Uint8Array[] = [];
  for (let start = 0; start < text.length;) {
    const blank = indexOfBlank(text, start);
    const end = blank === -1 ? text.length : blank;
    if (end > start) words.push(text.subarray(start, end));
    start = end + 1;
  }
  // An empty argument has no words, and is passed all the same.
  if (words.length === 0) return [text];
  return rules.arguments === "first-word" ? words.slice(0, 1) : words;
}

/** The first index from `from` to `to`, both included, without a blank, or -1. */
function nextNonBlank(buf: Uint8Array, from: number, to: number): number {
  for (let i = from; i <= to; i++) {
    if (!isBlank(buf[i])) return i;
  }
  return -1;
}

/** The first index from `from` to `to`, both included, with a blank or a NUL, or -1. */
function nextTerminator(buf: Uint8Array, from: number, to: number): number {
  for (let i = from; i <= to; i++) {
    if (isBlank(buf[i]) || buf[i] === NUL) return i;
  }
  return -1;
}

/** The bytes from `from` to before `to`, or to before the first NUL. */
function cString(line: Uint8Array, from: number, to: number): Uint8Array {
  const nul = indexOf(line, NUL, from, to);
  return line.subarray(from, nul === -1 ? to : nul);
}
