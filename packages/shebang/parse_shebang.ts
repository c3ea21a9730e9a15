/**
 * The kernel's rules for the first line of a script.
 *
 * @module
 */

import { diagnose } from "./_diagnose.ts";
import type { Diagnostic } from "./diagnostic.ts";

/**
 * Whose rules read the line.
 *
 * - `linux-5.8`: Linux 5.8 and later.
 */
export type Profile = "linux-5.8";

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
     * script. Linux passes one argument or none.
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

/** How many bytes of the file the kernel reads. */
const BUFFER_SIZE = 256;
const LAST = BUFFER_SIZE - 1;

const NUL = 0x00;
const TAB = 0x09;
const NEWLINE = 0x0a;
const SPACE = 0x20;
const BANG = 0x21;
const HASH = 0x23;

/**
 * Reads the first line of a file as the kernel does when execve(2) is called on
 * it.
 *
 * Only the first 256 bytes of the file matter, and more than these are ignored,
 * so `head` can be the whole file or its beginning. Give fewer bytes only if
 * the file has no more: the kernel sees zeros after the end of a file.
 *
 * Blanks are the space and the tab, and nothing else is special: not a carriage
 * return, a quote, a backslash, a `#`, a `~` or a `$`. What follows the
 * interpreter is one argument, never split, with the blanks inside it kept.
 *
 * @param head The first 256 bytes of the file, or more, or all that it has. A
 * string is taken as UTF-8.
 * @param options How to read the line.
 * @returns The interpreter and its argument, or why the kernel starts none. The
 * byte arrays are copies.
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
  const { profile = "linux-5.8" } = options;
  if (profile !== "linux-5.8") {
    throw new TypeError(
      `Cannot parse a shebang line: unknown profile "${profile}", expected "linux-5.8"`,
    );
  }
  const bytes = toBytes(head).subarray(0, BUFFER_SIZE);
  // Our own copy, so that nothing in the answer shares memory with the input.
  const buf = new Uint8Array(BUFFER_SIZE);
  buf.set(bytes);

  // 1. Without "#!" the file is not an interpreter script.
  if (buf[0] !== HASH || buf[1] !== BANG) return { kind: "none" };

  // 2. The line ends at the first newline. Without one it ends at the last
  // byte, which is dropped, but only if the interpreter surely ends before:
  // the kernel does not start a program whose path may be cut.
  const newline = buf.indexOf(NEWLINE);
  let end = newline;
  if (newline === -1) {
    const first = nextNonBlank(buf, 2, LAST);
    if (first === -1) {
      return {
        kind: "invalid",
        reason: `The line is blank in the ${BUFFER_SIZE} bytes that ` +
          "the kernel reads",
      };
    }
    if (nextTerminator(buf, first, LAST) === -1) {
      return {
        kind: "invalid",
        reason: "The interpreter does not end within the " +
          `${BUFFER_SIZE} bytes that the kernel reads`,
      };
    }
    end = LAST;
  }

  // 3. Blanks before the end are trimmed. In a short file without a newline
  // the zeros after its end stop this at once.
  while (isBlank(buf[end - 1])) end--;

  // 4. The interpreter begins at the first byte that is not a blank.
  const name = nextNonBlank(buf, 2, end);
  if (name === -1 || name === end) {
    return { kind: "invalid", reason: "The line names no interpreter" };
  }

  // 5. It is followed by a blank or a NUL, if by anything.
  const separator = nextTerminator(buf, name, end);

  // 6. After a blank, the argument begins at the next byte that is not a
  // blank. That byte may be a NUL, which makes the argument an empty string.
  const arg = separator !== -1 && buf[separator] !== NUL
    ? nextNonBlank(buf, separator, end)
    : -1;

  // 7. Both are C strings: a NUL ends them earlier.
  const interpreter = cString(buf, name, separator === -1 ? end : separator);
  const argument = arg === -1 ? undefined : cString(buf, arg, end);

  // 8. There is one argument or none, and it is never split.
  return {
    kind: "script",
    interpreter,
    args: argument === undefined ? [] : [argument],
    diagnostics: diagnose({
      buf,
      length: bytes.length,
      hasNewline: newline !== -1,
      end,
      name,
      arg,
      interpreter,
      argument,
    }),
  };
}

function toBytes(head: Uint8Array | string): Uint8Array {
  if (head instanceof Uint8Array) return head;
  if (typeof head !== "string") {
    throw new TypeError(
      "Cannot parse a shebang line: " +
        `expected a string or a Uint8Array, received ${typeName(head)}`,
    );
  }
  // In a "u" pattern a surrogate only matches where it has no partner.
  const lone = head.search(/\p{Surrogate}/u);
  if (lone !== -1) {
    throw new TypeError(
      "Cannot parse a shebang line: the string has a lone surrogate, " +
        `${JSON.stringify(head[lone])}, at index ${lone}`,
    );
  }
  return new TextEncoder().encode(head);
}

/** The name of what was passed in place of bytes: "null", "number", "ArrayBuffer". */
function typeName(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
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
function cString(buf: Uint8Array, from: number, to: number): Uint8Array {
  const bytes = buf.slice(from, to);
  const nul = bytes.indexOf(NUL);
  return nul === -1 ? bytes : bytes.slice(0, nul);
}
