/**
 * What the kernel reads of an ELF file before it executes it.
 *
 * @module
 */

import { readElf } from "./_read_elf.ts";
import type { ReadBytes } from "./executable_files.ts";

/**
 * An ELF file, or what is wrong with it, told apart by `kind`.
 *
 * - `elf`: it is a program or a shared object.
 * - `none`: it does not begin as an ELF file.
 * - `invalid`: it does, but execve(2) fails.
 */
export type Elf = ElfFile | {
  /** It does not begin as an ELF file. */
  kind: "none";
} | {
  /** It is an ELF file, but execve(2) fails. */
  kind: "invalid";
  /**
   * With what: EIO if the file ends within the name of its loader, EINVAL if
   * that lies where no file reaches, else ENOEXEC.
   */
  code: "ENOEXEC" | "EIO" | "EINVAL";
  /** Why, in words, for a person: a sentence without its period. */
  reason: string;
};

/** An ELF file that a kernel of its machine executes. */
export interface ElfFile {
  /** It is a program or a shared object. */
  kind: "elf";
  /** Whether it is one of 32 or 64 bits. */
  bits: 32 | 64;
  /** The number of the machine that it is for, `e_machine`. */
  machine: number;
  /** The machine's name, such as `"x86_64"`, or `"machine 99"` if it has none here. */
  machineName: string;
  /** Whether it lies where it says, or anywhere (position-independent). */
  type: "executable" | "shared";
  /**
   * The path of the loader that the kernel starts with it, from its first
   * PT_INTERP; undefined for a static program.
   */
  loader: Uint8Array | undefined;
}

/**
 * Reads the headers of an ELF file as the kernel does when execve(2) is called
 * on it.
 *
 * Where elf(5) and execve(2) say more than the kernel checks, this does as the
 * kernel: Linux looks at neither the class (`EI_CLASS`), the byte order, the
 * version nor the size of the header, and takes the first of several PT_INTERP,
 * for which execve(2) names EINVAL. What it does check: the type, the machine,
 * the size and place of the program headers, and the name of the loader.
 *
 * @param source The file's bytes, or what reads them.
 * @returns What it is.
 * @throws {TypeError} If the source is neither bytes nor a function.
 *
 * @example Usage
 * ```ts
 * import { readFile } from "@procctl/libc";
 * import { parseElf } from "@procctl/shebang";
 *
 * const elf = parseElf(readFile("/proc/self/exe"));
 * if (elf.kind === "elf") console.log(elf.machineName === Deno.build.arch); // prints: true
 * ```
 */
export function parseElf(source: Uint8Array | ReadBytes): Elf {
  if (typeof source === "function") return readElf(source);
  if (source instanceof Uint8Array) {
    return readElf((offset, length) =>
      source.subarray(offset, offset + length)
    );
  }
  throw new TypeError(
    "Cannot parse an ELF file: expected a Uint8Array or a function, " +
      `received ${typeof source}`,
  );
}
