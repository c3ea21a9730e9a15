/** Bytes as this package handles them: taken in, compared, and put into words. */

export const NUL = 0x00;
export const TAB = 0x09;
export const NEWLINE = 0x0a;
export const CARRIAGE_RETURN = 0x0d;
export const SPACE = 0x20;
export const SLASH = 0x2f;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * The bytes of a text, or bytes as they are: arguments may be megabytes.
 *
 * @param value What a caller gave.
 * @param action What cannot be done if it is neither: "parse a shebang line".
 * @param name What it is, for the error; undefined for the only argument.
 */
export function toBytes(
  value: Uint8Array | string,
  action: string,
  name?: string,
): Uint8Array {
  if (typeof value === "string") return encode(value, action, name);
  if (value instanceof Uint8Array) return value;
  throw new TypeError(
    `Cannot ${action}: ${name === undefined ? "" : `${name} is not valid, `}` +
      `expected a string or a Uint8Array, received ${typeName(value)}`,
  );
}

/** The same for a string of C, which has no NUL in it. */
export function toCString(
  value: Uint8Array | string,
  action: string,
  name: string,
): Uint8Array {
  const bytes = toBytes(value, action, name);
  refuseNul(bytes.indexOf(NUL), action, name);
  return bytes;
}

/** How many bytes a string of C has, which is not encoded for that. */
export function cStringLength(
  value: Uint8Array | string,
  action: string,
  name: string,
): number {
  if (typeof value !== "string") return toCString(value, action, name).length;
  refuseLoneSurrogate(value, action, name);
  refuseNul(value.indexOf("\0"), action, name);
  return utf8Length(value);
}

function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Two surrogates, which are two units, become four bytes.
    if (unit >= 0x80) length += unit < 0x800 || isSurrogate(unit) ? 1 : 2;
  }
  return length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

function refuseNul(index: number, action: string, name: string): void {
  if (index === -1) return;
  throw new TypeError(
    `Cannot ${action}: ${name} contains a NUL byte at index ${index}`,
  );
}

/** What each string of a list becomes, which is checked to be one. */
export function mapStrings<T>(
  list: readonly (Uint8Array | string)[],
  convert: (value: Uint8Array | string, action: string, name: string) => T,
  action: string,
  name: string,
): T[] {
  if (!Array.isArray(list)) {
    throw new TypeError(
      `Cannot ${action}: ${name} is not valid, ` +
        `expected an array, received ${typeName(list)}`,
    );
  }
  // Array.from visits the holes of a sparse array, as map() would not.
  return Array.from(
    list,
    (value: Uint8Array | string, index) =>
      convert(value, action, `${name}[${index}]`),
  );
}

/** The bytes of each string of a list. */
export function toCStrings(
  list: readonly (Uint8Array | string)[],
  action: string,
  name: string,
): Uint8Array[] {
  return mapStrings(list, toCString, action, name);
}

function encode(text: string, action: string, name?: string): Uint8Array {
  refuseLoneSurrogate(text, action, name);
  return encoder.encode(text);
}

function refuseLoneSurrogate(text: string, action: string, name?: string) {
  if (text.isWellFormed()) return;
  // In a "u" pattern a surrogate only matches where it has no partner.
  const lone = text.search(/\p{Surrogate}/u);
  throw new TypeError(
    `Cannot ${action}: ${name ?? "the string"} has a lone surrogate, ` +
      `${JSON.stringify(text[lone])}, at index ${lone}`,
  );
}

/** The name of what was passed in place of bytes: "null", "number", "ArrayBuffer". */
export function typeName(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

/** Text as bytes; only for what is known to have no lone surrogate. */
export function ascii(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Bytes as text; what is not UTF-8 appears as U+FFFD. */
export function decode(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Bytes as text in double quotes, for a message. */
export function quote(bytes: Uint8Array): string {
  return JSON.stringify(decoder.decode(bytes));
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

export function equals(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** What follows the last slash. */
export function baseName(path: Uint8Array): Uint8Array {
  return path.subarray(path.lastIndexOf(SLASH) + 1);
}

// The following are asked of each line that is parsed. Loops are faster than
// the methods of Uint8Array on so few bytes, and than a view for each question.

/** Whether what follows a path's last slash is a name. */
export function hasName(path: Uint8Array, name: Uint8Array): boolean {
  const start = path.length - name.length;
  if (start < 0 || (start > 0 && path[start - 1] !== SLASH)) return false;
  for (let i = 0; i < name.length; i++) {
    if (path[start + i] !== name[i]) return false;
  }
  return true;
}

/** Space and tab: all that the kernel takes for a blank. */
export function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

/** The space, and from the tab to the carriage return: isspace(3) in C. */
export function isSeparator(byte: number): boolean {
  return byte === SPACE || (byte >= TAB && byte <= CARRIAGE_RETURN);
}

/** Where the first blank is, or -1. */
export function indexOfBlank(bytes: Uint8Array, from = 0): number {
  for (let i = from; i < bytes.length; i++) {
    if (isBlank(bytes[i])) return i;
  }
  return -1;
}

/** Where a byte is first, from `from` to before `to`, or -1. */
export function indexOf(
  bytes: Uint8Array,
  byte: number,
  from: number,
  to: number,
): number {
  for (let i = from; i < to; i++) {
    if (bytes[i] === byte) return i;
  }
  return -1;
}

/**
 * A copy of the bytes from `from` to before `to`.
 *
 * Not `slice()`: it takes three times as long for a few bytes, and that of
 * Node's Buffer does not copy.
 */
export function copy(bytes: Uint8Array, from: number, to: number): Uint8Array {
  const copied = new Uint8Array(to - from);
  for (let i = from; i < to; i++) copied[i - from] = bytes[i]!;
  return copied;
}

/** The bytes before the first NUL, or all of them. */
export function untilNul(bytes: Uint8Array): Uint8Array {
  const nul = bytes.indexOf(NUL);
  return nul === -1 ? bytes : bytes.subarray(0, nul);
}
