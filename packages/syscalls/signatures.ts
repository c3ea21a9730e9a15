/**
 * The parameters of system calls.
 *
 * @module
 */

import { SIGNATURES, TYPES } from "./_generated/signatures.ts";
import { NATIVE_ARCH, type SyscallArch } from "./arch.ts";
import { type SyscallName, syscallNumber } from "./names.ts";

/** A parameter of a system call. */
export interface Parameter {
  /** Its name in the kernel's source: `"filename"`. */
  readonly name: string;
  /** Its type in C: `"const char *"`. */
  readonly type: string;
}

/** What a system call is given. */
export interface Signature {
  /** The call's name. */
  readonly name: SyscallName;
  /** Its parameters, each of which is one register: none to six. */
  readonly parameters: readonly Parameter[];
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
  const [, type, name] = /^(\d+)(\w+)$/.exec(text)!;
  return { name: name!, type: TYPES[Number(type)]! };
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
  const words = text.split(" ").filter((word) => word !== "");
  const signature = {
    name: name as SyscallName,
    parameters: words.map(readParameter),
  };
  signatures.set(key, signature);
  return signature;
}
