/**
 * The parameters of system calls.
 *
 * @module
 */

import { SIGNATURES, TYPES } from "./_generated/signatures.ts";
import type { ConstantTable } from "./_generated/constant_table.ts";
import { NATIVE_ARCH, type SyscallArch } from "./arch.ts";
import { type SyscallName, syscallNumber } from "./names.ts";

/** A parameter of a system call. */
export interface Parameter {
  /** Its name in the kernel's source: `"filename"`. */
  readonly name: string;
  /** Its type in C: `"const char *"`. */
  readonly type: string;
  /**
   * The table of the constants that it takes, if it takes any: see
   * {@linkcode argumentTable}, which knows `choice` too.
   */
  readonly table?: ConstantTable;
  /** The tables for some values of another parameter, if that decides. */
  readonly choice?: TableChoice;
}

/** A choice of tables, as `optname` of setsockopt(2) has it. */
export interface TableChoice {
  /** The index of the parameter that decides. */
  readonly parameter: number;
  /** The tables, by its values. */
  readonly byValue: ReadonlyMap<number, ConstantTable>;
}

/** What a system call is given. */
export interface Signature {
  /** The call's name. */
  readonly name: SyscallName;
  /** Its parameters, each of which is one register: none to six. */
  readonly parameters: readonly Parameter[];
  /**
   * How its result is written, if not as a number: `"descriptors"`,
   * `"addresses"` or `"permissions"`. Errors are written otherwise.
   */
  readonly result?: ConstantTable;
}

/** The letters that stand for architectures in the generated text. */
const LETTERS: Readonly<Record<SyscallArch, string>> = {
  "x86_64": "x",
  i386: "i",
  aarch64: "a",
};

/** The text of each call that was not asked for yet, by name and letter. */
let texts: ReadonlyMap<string, string> | undefined;
const signatures = new Map<string, Signature>();

function readTexts(): ReadonlyMap<string, string> {
  const result = new Map<string, string>();
  for (const line of SIGNATURES.split("\n")) {
    const [, name, letters = "xia", text] = /^(\w+)(?:\/(\w+))?(.*)/.exec(
      line,
    )!;
    for (const letter of letters) result.set(`${name}/${letter}`, text!);
  }
  return result;
}

function readParameter(text: string): Parameter {
  const [, type, name, by, tables] = /^(\d+)(\w+)(?:\?(\d))?(?::(.*))?$/.exec(
    text,
  )!;
  const parameter = { name: name!, type: TYPES[Number(type)]! };
  if (tables === undefined) return parameter;
  if (by === undefined) {
    return { ...parameter, table: tables as ConstantTable };
  }
  const byValue = new Map<number, ConstantTable>();
  let table: ConstantTable | undefined;
  for (const word of tables.split(",")) {
    const [value, name] = word.split("=");
    if (name === undefined) table = value as ConstantTable;
    else byValue.set(Number(value), name as ConstantTable);
  }
  const choice = { parameter: Number(by), byValue };
  return { ...parameter, choice, ...(table !== undefined && { table }) };
}

/**
 * What a system call is given, as the kernel's source defines it.
 *
 * A 32-bit call is described as a 64-bit kernel takes it: some parameters that
 * are one on other architectures come in two halves there.
 *
 * @param name The call's name.
 * @param arch The architecture.
 * @returns The parameters; undefined if the architecture has no such call, or
 * if it has a number but the kernel no longer does anything for it.
 * @throws {TypeError} If the architecture is none of the known.
 *
 * @example Usage
 * ```ts
 * import { syscallSignature } from "@procctl/syscalls";
 *
 * const signature = syscallSignature("openat", "x86_64");
 * for (const { type, name } of signature?.parameters ?? []) {
 *   console.log(type, name);
 * }
 * // prints: int dfd
 * // prints: const char * filename
 * // prints: int flags
 * // prints: umode_t mode
 * ```
 */
export function syscallSignature(
  name: string,
  arch: SyscallArch = NATIVE_ARCH,
): Signature | undefined {
  if (syscallNumber(name, arch) === undefined) return undefined;
  const key = `${name}/${LETTERS[arch]}`;
  const known = signatures.get(key);
  if (known !== undefined) return known;
  texts ??= readTexts();
  const text = texts.get(key);
  if (text === undefined) return undefined;
  const [result, ...words] = text.split(" ");
  const signature = {
    name: name as SyscallName,
    parameters: words.map(readParameter),
    ...(result !== "" && { result: result!.slice(1) as ConstantTable }),
  };
  signatures.set(key, signature);
  return signature;
}
