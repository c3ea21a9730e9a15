import {
  ascii,
  concat,
  cStringLength,
  mapStrings,
  toCString,
  typeName,
} from "./_bytes.ts";
import type { Environment } from "./environment.ts";

const EQUALS = 0x3d;
const EQUALS_SIGN = ascii("=");

/** The entries `KEY=value` of an environment, checked. */
export function toEntries(env: Environment, action: string): Uint8Array[] {
  return mapEntries(env, action, toCString, (key, value) => {
    return concat(key, EQUALS_SIGN, value);
  });
}

/** How many bytes each entry has. */
export function entryLengths(env: Environment, action: string): number[] {
  return mapEntries(env, action, cStringLength, (key, value) => {
    return key + 1 + value;
  });
}

/** What each entry becomes: as it is, or joined of what key and value become. */
function mapEntries<T>(
  env: Environment,
  action: string,
  convert: (value: Uint8Array | string, action: string, name: string) => T,
  join: (key: T, value: T) => T,
): T[] {
  if (Array.isArray(env)) return mapStrings(env, convert, action, "env");
  if (!isPlain(env)) {
    throw new TypeError(
      `Cannot ${action}: env is not valid, expected a record of values by ` +
        `key or an array of entries, received ${typeName(env)}`,
    );
  }
  return Object.entries(env).map(([key, value]) => {
    const quoted = JSON.stringify(key);
    if (key === "" || key.includes("=")) {
      throw new TypeError(
        `Cannot ${action}: ${quoted} is no key of env, ` +
          'it is empty or contains "="',
      );
    }
    return join(
      convert(key, action, `the key ${quoted} of env`),
      convert(value, action, `env[${quoted}]`),
    );
  });
}

/** A Map, say, would silently be an environment without variables. */
function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** Whether an entry is that of a variable. */
function isOf(entry: Uint8Array, name: Uint8Array): boolean {
  return entry[name.length] === EQUALS &&
    name.every((byte, index) => byte === entry[index]);
}

/** The value of a variable, as getenv(3) finds it: that of the first entry. */
export function valueOf(
  entries: readonly Uint8Array[],
  name: Uint8Array,
): Uint8Array | undefined {
  const entry = entries.find((it) => isOf(it, name));
  return entry?.subarray(name.length + 1);
}

/** The entries without those of a variable, as unsetenv(3) leaves them. */
export function without(
  entries: readonly Uint8Array[],
  name: Uint8Array,
): Uint8Array[] {
  return entries.filter((it) => !isOf(it, name));
}

/** The entries with another, which putenv(3) puts in the place of the first. */
export function withEntry(
  entries: readonly Uint8Array[],
  entry: Uint8Array,
): Uint8Array[] {
  const name = entry.subarray(0, entry.indexOf(EQUALS));
  const at = entries.findIndex((it) => isOf(it, name));
  return at === -1 ? [...entries, entry] : entries.with(at, entry);
}
