/**
 * Turning what a caller gives into the bytes that C and the kernel take, and
 * refusing what they would cut short or misread.
 *
 * @module
 */

import { areTexts, encodeTexts } from "./_encode_texts.ts";
import { describe, refuse } from "./_refuse.ts";
import type { PathLike, StringOrBytes } from "./types.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * The bytes of one string for C, without the NUL that ends it there.
 *
 * @param value The text or bytes.
 * @param name What the value is, for the error: `"argv[2]"`.
 * @returns A copy: later changes of `value` do not reach it.
 * @throws {TypeError} If the value is neither a string nor a `Uint8Array`, or
 * contains a NUL, at which C would end it, or a lone surrogate, which has no
 * UTF-8 form.
 *
 * @example Usage
 * ```ts
 * import { encodeBytes } from "@procctl/libc/encode";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(encodeBytes("é", "argv[1]"), new Uint8Array([0xc3, 0xa9]));
 * assertThrows(() => encodeBytes("a\0b", "argv[1]"), TypeError, "NUL");
 * ```
 */
export function encodeBytes(
  value: StringOrBytes,
  name: string,
): Uint8Array<ArrayBuffer> {
  const bytes = typeof value === "string"
    ? encodeText(value, name)
    : value instanceof Uint8Array
    ? new Uint8Array(value)
    : refuse(name, `it is ${describe(value)}, not a string or Uint8Array`);
  const nul = bytes.indexOf(0);
  if (nul !== -1) refuse(name, `it contains a NUL byte at index ${nul}`);
  return bytes;
}

/**
 * The bytes of one string for C, with the NUL that ends it.
 *
 * @param value The text or bytes.
 * @param name What the value is, for the error: `"path"`.
 * @returns The bytes and a NUL.
 * @throws {TypeError} As {@linkcode encodeBytes} does.
 *
 * @example Usage
 * ```ts
 * import { encodeCString } from "@procctl/libc/encode";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(encodeCString("a", "name"), new Uint8Array([0x61, 0]));
 * ```
 */
export function encodeCString(
  value: StringOrBytes,
  name: string,
): Uint8Array<ArrayBuffer> {
  return terminate(encodeBytes(value, name));
}

/**
 * Adds the NUL that ends a string of C.
 *
 * @param bytes The string, which contains no NUL.
 * @returns A copy that is one byte longer.
 *
 * @example Usage
 * ```ts
 * import { terminate } from "@procctl/libc/encode";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(terminate(new Uint8Array([0x61])), new Uint8Array([0x61, 0]));
 * ```
 */
export function terminate(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const terminated = new Uint8Array(bytes.length + 1);
  terminated.set(bytes);
  return terminated;
}

/**
 * The bytes of a path, without the NUL that ends it in C.
 *
 * @param path The path: text, bytes, or a `file:` URL. Percent escapes of a URL
 * become the bytes they stand for, UTF-8 or not.
 * @param name What the path is, for the error.
 * @returns The bytes.
 * @throws {TypeError} As {@linkcode encodeBytes} does, and if a URL is not a
 * `file:` one, names a host, has a query or a fragment, or escapes a slash.
 *
 * @example Usage
 * ```ts
 * import { encodePath } from "@procctl/libc/encode";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(encodePath(new URL("file:///a%20b")), encodePath("/a b"));
 * ```
 */
export function encodePath(
  path: PathLike,
  name = "path",
): Uint8Array<ArrayBuffer> {
  if (!(path instanceof URL)) return encodeBytes(path, name);
  if (path.protocol !== "file:") {
    refuse(name, `"${path}" is not a file: URL`);
  }
  if (path.hostname !== "") refuse(name, `"${path}" names a host`);
  // A file whose name has one of these is meant: cut there, it is another file.
  if (/[?#]/.test(path.href)) {
    refuse(
      name,
      `"${path}" has a query or a fragment: write %3F for ?, %23 for #`,
    );
  }
  if (/%2f/i.test(path.pathname)) refuse(name, `"${path}" escapes a slash`);
  return encodeBytes(percentDecode(path.pathname), name);
}

/**
 * The bytes of a program's arguments.
 *
 * @param argv The arguments, the program's own name first.
 * @param name What the list is, for the error.
 * @returns The bytes of each.
 * @throws {TypeError} If `argv` is not an array or is empty, or one of its
 * elements is not what {@linkcode encodeBytes} takes; the error names its index.
 *
 * @example Usage
 * ```ts
 * import { encodeArgv } from "@procctl/libc/encode";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(encodeArgv(["ls", "-l"]).length, 2);
 * assertThrows(() => encodeArgv([]), TypeError, "it is empty");
 * ```
 */
export function encodeArgv(
  argv: readonly StringOrBytes[],
  name = "argv",
): Uint8Array<ArrayBuffer>[] {
  const encoded = encodeList(argv, name);
  if (encoded.length === 0) {
    refuse(name, "it is empty, and programs expect their name in argv[0]");
  }
  return encoded;
}

/**
 * The bytes of a list of strings.
 *
 * @param list The strings; it may be empty.
 * @param name What the list is, for the error.
 * @returns The bytes of each, which may be parts of one buffer.
 * @throws {TypeError} If `list` is not an array, or one of its elements is not
 * what {@linkcode encodeBytes} takes; the error names its index.
 *
 * @example Usage
 * ```ts
 * import { encodeList } from "@procctl/libc/encode";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => encodeList(["a", "\0"], "args"), TypeError, "args[1]");
 * ```
 */
export function encodeList(
  list: readonly StringOrBytes[],
  name: string,
): Uint8Array<ArrayBuffer>[] {
  if (!Array.isArray(list)) {
    refuse(name, `it is ${describe(list)}, not an array`);
  }
  // Read once: what is checked is what is encoded. A hole becomes undefined.
  const values: StringOrBytes[] = Array.from(list);
  if (areTexts(values)) return encodeTexts(values);
  return values.map((value, index) => encodeBytes(value, `${name}[${index}]`));
}

/**
 * Bytes as text in double quotes, for an error message.
 *
 * @param bytes The bytes; what is not UTF-8 appears as U+FFFD.
 * @returns The text, quoted and with control characters escaped.
 *
 * @example Usage
 * ```ts
 * import { quote } from "@procctl/libc/encode";
 *
 * console.log(quote(new TextEncoder().encode("a b\n"))); // prints: "a b\n"
 * ```
 */
export function quote(bytes: Uint8Array): string {
  return JSON.stringify(decoder.decode(bytes));
}

function encodeText(text: string, name: string): Uint8Array<ArrayBuffer> {
  if (!text.isWellFormed()) refuse(name, "it contains a lone surrogate");
  return encoder.encode(text);
}

function percentDecode(path: string): Uint8Array {
  // The pathname of a URL is ASCII: each character is a byte or an escape.
  const bytes: number[] = [];
  for (let i = 0; i < path.length; i++) {
    const escape = /^%[0-9a-f]{2}/i.exec(path.slice(i, i + 3));
    if (escape !== null) {
      bytes.push(parseInt(escape[0].slice(1), 16));
      i += 2;
    } else {
      bytes.push(path.charCodeAt(i));
    }
  }
  return new Uint8Array(bytes);
}
