/**
 * What a standard stream is to be, in the form that C takes: for those who
 * build on {@linkcode exec}'s options, as `@procctl/spawn` does.
 *
 * @module
 * @experimental
 */

import {
  encodePath,
  O_APPEND,
  O_CREAT,
  O_RDONLY,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
} from "@procctl/libc";
import { type OptionNames, refuseUnknownOptions } from "./option_names.ts";
import type { Stdio, StdioFile } from "./stdio.ts";

/** What a standard stream is to be: itself, a descriptor, or a file. */
export type EncodedStdio = "inherit" | number | EncodedFile;

/** A file to open as a standard stream. */
export interface EncodedFile {
  /** Its path. */
  path: Uint8Array<ArrayBuffer>;
  /** The `O_*` flags. */
  flags: number;
  /** The permissions of a file that is created. */
  mode: number;
}

const ACCESS_FLAGS: Record<StdioFile["access"], number> = {
  read: O_RDONLY,
  write: O_WRONLY,
  append: O_WRONLY | O_APPEND,
  readwrite: O_RDWR,
};

/**
 * Checks what a standard stream is to be, and turns it into what open(2) takes.
 *
 * @param stdio What it is to be.
 * @param name What errors call it, such as `"stdout"`.
 * @returns The same, for C.
 * @throws {TypeError} If it is none of the things that a stream can be.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import { encodeStdio } from "@procctl/exec/encode-stdio";
 *
 * console.log(encodeStdio(2, "stdout")); // prints: 2
 * ```
 */
export function encodeStdio(
  stdio: Stdio | undefined,
  name: string,
): EncodedStdio {
  if (stdio === undefined || stdio === "inherit") return "inherit";
  if (stdio === "null") {
    return { path: encodePath("/dev/null"), flags: O_RDWR, mode: 0 };
  }
  if (typeof stdio === "number") {
    if (stdio >= 0 && stdio === (stdio | 0)) return stdio;
    throw new RangeError(`Cannot use ${stdio} as ${name}: not a descriptor`);
  }
  if (typeof stdio !== "object" || stdio === null) {
    throw new TypeError(
      `Cannot use ${
        JSON.stringify(stdio)
      } as ${name}: expected "inherit", "null", a descriptor or a file`,
    );
  }
  return checkFile(stdio, name);
}

/** What can be said of a file. */
const FILE_OPTIONS: OptionNames<StdioFile> = {
  path: true,
  access: true,
  create: true,
  truncate: true,
  mode: true,
};

function checkFile(file: StdioFile, name: string): EncodedStdio {
  refuseUnknownOptions(file, FILE_OPTIONS);
  const { access, create = false, truncate = false, mode = 0o666 } = file;
  if (!Object.hasOwn(ACCESS_FLAGS, access)) {
    throw new TypeError(
      `Cannot open a file as ${name} with access ${
        JSON.stringify(access)
      }: expected "read", "write", "append" or "readwrite"`,
    );
  }
  if (truncate && access === "read") {
    throw new TypeError(
      `Cannot truncate a file as ${name} with access "read"`,
    );
  }
  if (!Number.isInteger(mode) || mode < 0 || mode > 0o7777) {
    throw new RangeError(
      `Cannot create a file as ${name} with mode ${mode}: expected 0 to 0o7777`,
    );
  }
  return {
    path: encodePath(file.path, `${name}.path`),
    flags: ACCESS_FLAGS[access] | (create ? O_CREAT : 0) |
      (truncate ? O_TRUNC : 0),
    mode,
  };
}
