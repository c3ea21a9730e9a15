/**
 * The environment of this process as C sees it: bytes, and live.
 *
 * It is what a new program inherits, with every change that
 * `Deno.env.set()` made, and reading it needs no `--allow-env`.
 *
 * @module
 */

import { encodeCString } from "./encode.ts";
import { lazySymbols } from "./library.ts";
import { readCString, readMemory } from "./memory.ts";
import type { StringOrBytes } from "./types.ts";

const libc = lazySymbols({
  // void *dlsym(void *handle, const char *symbol)
  dlsym: { parameters: ["usize", "buffer"], result: "usize" },
  // char *getenv(const char *name)
  getenv: { parameters: ["buffer"], result: "usize" },
});

let variable = 0n;

/**
 * The value of C's variable `environ`: the address of the vector of entries.
 *
 * It is read anew on each call, as setting a variable may move the vector.
 * (Deno reads a static symbol once, when it is opened, hence dlsym(3).)
 *
 * @returns The address, or 0 if the environment was cleared.
 *
 * @example Usage
 * ```ts
 * import { environAddress } from "@procctl/libc/environ";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(typeof environAddress(), "bigint");
 * ```
 */
export function environAddress(): bigint {
  if (variable === 0n) {
    variable = libc.dlsym(0n, encodeCString("environ", "symbol"));
  }
  return readPointer(variable);
}

/**
 * The entries `KEY=value` of this process's environment, byte for byte.
 *
 * @returns The entries, in the order C keeps them.
 *
 * @example Usage
 * ```ts
 * import { environ } from "@procctl/libc";
 * import { assertEquals } from "@std/assert";
 *
 * const path = environ().find((entry) => new TextDecoder().decode(entry).startsWith("PATH="));
 * assertEquals(path instanceof Uint8Array, true);
 * ```
 */
export function environ(): Uint8Array<ArrayBuffer>[] {
  const entries: Uint8Array<ArrayBuffer>[] = [];
  const vector = environAddress();
  if (vector === 0n) return entries;
  for (let at = vector;; at += 8n) {
    const entry = readPointer(at);
    if (entry === 0n) return entries;
    entries.push(readCString(entry));
  }
}

/**
 * The value of one environment variable, as getenv(3).
 *
 * @param name The variable's name.
 * @returns Its bytes, or undefined if it is not set.
 * @throws {TypeError} If the name contains a NUL or a lone surrogate.
 *
 * @example Usage
 * ```ts
 * import { getenv } from "@procctl/libc";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(getenv("PROCCTL_NO_SUCH_VARIABLE"), undefined);
 * ```
 */
export function getenv(
  name: StringOrBytes,
): Uint8Array<ArrayBuffer> | undefined {
  const value = libc.getenv(encodeCString(name, "name"));
  return value === 0n ? undefined : readCString(value);
}

function readPointer(address: bigint): bigint {
  return new DataView(readMemory(address, 8).buffer).getBigUint64(0, true);
}
