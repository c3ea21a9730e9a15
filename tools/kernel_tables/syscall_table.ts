/**
 * Reading the tables from which the kernel makes its system calls.
 *
 * @module
 */

/** One line of a table. */
export interface TableRow {
  /** The number. */
  number: number;
  /** For which of the table's ABIs it is. */
  abi: string;
  /** The name, without `__NR_`. */
  name: string;
  /** The kernel's functions: native first, then that for 32-bit programs. */
  entries: string[];
}

/** Where an architecture's calls stand, and which lines of that are its own. */
export interface TableSource {
  /** The file, relative to the kernel's root. */
  path: string;
  /** The ABIs whose lines count. */
  abis: readonly string[];
}

/**
 * The architectures. x32, the ABI of 64-bit calls with 32-bit pointers, is left
 * out: Debian and most others build kernels without it, and its programs are
 * gone.
 */
export const SOURCES: Readonly<Record<string, TableSource>> = {
  "x86_64": {
    path: "arch/x86/entry/syscalls/syscall_64.tbl",
    abis: ["common", "64"],
  },
  i386: {
    path: "arch/x86/entry/syscalls/syscall_32.tbl",
    abis: ["i386"],
  },
  // The ABIs are syscall_abis_64 in arch/arm64/kernel/Makefile.syscalls, and
  // the two that scripts/Makefile.asm-headers gives to all.
  aarch64: {
    path: "scripts/syscall.tbl",
    abis: ["common", "64", "renameat", "rlimit", "memfd_secret"],
  },
};

/**
 * Reads a table.
 *
 * @param text The table's text.
 * @param abis The ABIs whose lines are wanted.
 * @returns The lines, by number.
 */
export function parseTable(
  text: string,
  abis: readonly string[],
): TableRow[] {
  return text.split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => line !== "")
    .map(parseRow)
    .filter(({ abi }) => abis.includes(abi))
    .toSorted((a, b) => a.number - b.number);
}

function parseRow(line: string): TableRow {
  const [number, abi, name, ...entries] = line.split(/\s+/);
  if (!/^\d+$/.test(number!) || name === undefined) {
    throw new Error(`Cannot read the line "${line}" of a system call table`);
  }
  return {
    number: Number(number),
    abi: abi!,
    name,
    entries: entries.filter((entry) => entry !== "-" && entry !== "noreturn"),
  };
}
