/**
 * Turning an environment into the entries that C takes.
 *
 * @module
 */

import { areTexts, encodeTexts } from "./_encode_texts.ts";
import { describe, refuse } from "./_refuse.ts";
import { encodeBytes, encodeList } from "./encode.ts";
import type { Env, StringOrBytes } from "./types.ts";

/**
 * The entries `KEY=value` of an environment, as bytes.
 *
 * @param env The environment: a record, or raw entries.
 * @param name What the environment is, for the error.
 * @returns The bytes of each entry, in order.
 * @throws {TypeError} If `env` is neither an array nor a plain record, if a key
 * is empty or contains `=`, or if a key, a value or an entry is not what
 * {@linkcode encodeBytes} takes; the error names the key or the index.
 *
 * @example Usage
 * ```ts
 * import { encodeEnv } from "@procctl/libc/encode-env";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(encodeEnv({ A: "1" }), encodeEnv(["A=1"]));
 * ```
 */
export function encodeEnv(env: Env, name = "env"): Uint8Array<ArrayBuffer>[] {
  if (Array.isArray(env)) return encodeList(env, name);
  checkRecord(env, name);
  const entries = Object.entries(env as Record<string, StringOrBytes>);
  const texts = entries.map(textOf);
  if (areTexts(texts)) return encodeTexts(texts);
  return entries.map(([key, value]) =>
    joinEntry(
      encodeKey(key, name),
      encodeBytes(value, `${name}[${JSON.stringify(key)}]`),
    )
  );
}

/** An entry as it is in C, if its key can be one and its value is a text. */
function textOf([key, value]: [string, StringOrBytes]): string | undefined {
  const isText = typeof value === "string" && key !== "" && !key.includes("=");
  return isText ? `${key}=${value}` : undefined;
}

/**
 * The bytes of an environment variable's key.
 *
 * @param key The key.
 * @param name What the environment is, for the error.
 * @returns The bytes.
 * @throws {TypeError} If the key is empty, contains `=`, or is not what
 * {@linkcode encodeBytes} takes.
 *
 * @example Usage
 * ```ts
 * import { encodeKey } from "@procctl/libc/encode-env";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => encodeKey("A=B", "env"), TypeError, 'contains "="');
 * ```
 */
export function encodeKey(key: string, name: string): Uint8Array<ArrayBuffer> {
  if (key === "") refuse(name, "it has an empty key");
  const quoted = JSON.stringify(key);
  if (key.includes("=")) refuse(name, `the key ${quoted} contains "="`);
  return encodeBytes(key, `the key ${quoted} of ${name}`);
}

/**
 * Joins a key and a value to an entry of an environment.
 *
 * @param key The key's bytes.
 * @param value The value's bytes.
 * @returns The bytes of `KEY=value`.
 *
 * @example Usage
 * ```ts
 * import { encodeBytes, joinEntry } from "@procctl/libc";
 * import { assertEquals } from "@std/assert";
 *
 * const entry = joinEntry(encodeBytes("A", "key"), encodeBytes("1", "value"));
 * assertEquals(entry, encodeBytes("A=1", "entry"));
 * ```
 */
export function joinEntry(
  key: Uint8Array,
  value: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const entry = new Uint8Array(key.length + 1 + value.length);
  entry.set(key);
  entry[key.length] = 0x3d; // "="
  entry.set(value, key.length + 1);
  return entry;
}

/**
 * Refuses what is not a plain record. A `Map` or a `Date`, say, has no
 * properties of its own and would silently be an empty environment, and what an
 * object inherits would silently be missing.
 *
 * @param record The value.
 * @param name What it is, for the error.
 * @throws {TypeError} If the value is not an object as `{}` and
 * `Object.create(null)` make them.
 *
 * @example Usage
 * ```ts
 * import { checkRecord } from "@procctl/libc/encode-env";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => checkRecord(new Map(), "env"), TypeError, "env");
 * ```
 */
export function checkRecord(record: unknown, name: string): void {
  if (!isPlain(record)) {
    refuse(
      name,
      `it is ${describe(record)}, not a plain record of values by key`,
    );
  }
}

function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
