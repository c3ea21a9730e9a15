/**
 * Numbers and names of system calls.
 *
 * @module
 */

import { SYSCALLS } from "./_generated/numbers.ts";
import type { SyscallName } from "./_generated/syscall_name.ts";
import { checkArch } from "./_check_arch.ts";
import { NATIVE_ARCH, type SyscallArch } from "./arch.ts";

export type { SyscallName } from "./_generated/syscall_name.ts";

/** The calls of one architecture. */
interface Table {
  byNumber: readonly (SyscallName | undefined)[];
  byName: ReadonlyMap<string, number>;
}

/** The tables that were asked for so far: few programs ask for all. */
const tables = new Map<SyscallArch, Table>();

function tableOf(arch: SyscallArch): Table {
  let table = tables.get(arch);
  if (table === undefined) {
    table = readTable(arch);
    tables.set(arch, table);
  }
  return table;
}

function readTable(arch: SyscallArch): Table {
  checkArch(arch);
  const byNumber: SyscallName[] = [];
  const byName = new Map<string, number>();
  let number = 0;
  for (const word of SYSCALLS[arch].split(/\s+/)) {
    // Numbers count up by themselves; one that is written is a leap.
    if (/^\d/.test(word)) {
      number = Number(word);
      continue;
    }
    byNumber[number] = word as SyscallName;
    byName.set(word, number);
    number++;
  }
  return { byNumber, byName };
}

/**
 * The name of a system call, as the kernel's own tables have it and strace
 * prints it.
 *
 * @param nr The number, also one that no call has: a program can ask the
 * kernel for any. A negative one counts as its unsigned 64 bits.
 * @param arch The architecture. See syscall(2), "Architecture calling
 * conventions".
 * @returns The name; for a number without one, `syscall_` and the number in
 * hexadecimal, as strace has it.
 * @throws {TypeError} If the architecture is none of the known.
 *
 * @example Usage
 * ```ts
 * import { syscallName } from "@procctl/syscalls";
 *
 * console.log(syscallName(1, "x86_64")); // prints: write
 * console.log(syscallName(1, "i386")); // prints: exit
 * console.log(syscallName(1000, "x86_64")); // prints: syscall_0x3e8
 * ```
 */
export function syscallName(
  nr: number | bigint,
  arch: SyscallArch = NATIVE_ARCH,
): string {
  return tableOf(arch).byNumber[Number(nr)] ?? nameless(nr);
}

function nameless(nr: number | bigint): string {
  if (typeof nr === "number" && !Number.isInteger(nr)) return `syscall_${nr}`;
  const unsigned = nr < 0 ? BigInt.asUintN(64, BigInt(nr)) : nr;
  return `syscall_0x${unsigned.toString(16)}`;
}

/**
 * The number of a system call.
 *
 * @param name The name, without the `SYS_` or `__NR_` that C puts before it.
 * @param arch The architecture.
 * @returns The number, or undefined if the architecture has no such call.
 * @throws {TypeError} If the architecture is none of the known.
 *
 * @example Usage
 * ```ts
 * import { syscallNumber } from "@procctl/syscalls";
 *
 * console.log(syscallNumber("open", "x86_64")); // prints: 2
 * console.log(syscallNumber("open", "aarch64")); // prints: undefined
 * ```
 */
export function syscallNumber(
  name: string,
  arch: SyscallArch = NATIVE_ARCH,
): number | undefined {
  return tableOf(arch).byName.get(name);
}

/**
 * The names of all system calls of an architecture.
 *
 * @param arch The architecture.
 * @returns The names, by rising number.
 * @throws {TypeError} If the architecture is none of the known.
 *
 * @example Usage
 * ```ts
 * import { syscallNames } from "@procctl/syscalls";
 *
 * const opens = syscallNames("x86_64").filter((name) => /^open/.test(name));
 * console.log(opens.join(" "));
 * // prints: open openat open_by_handle_at open_tree openat2 open_tree_attr
 * ```
 */
export function syscallNames(arch: SyscallArch = NATIVE_ARCH): SyscallName[] {
  return [...tableOf(arch).byName.keys()] as SyscallName[];
}
