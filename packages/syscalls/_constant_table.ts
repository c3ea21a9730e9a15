/**
 * Reading the generated tables of constants.
 *
 * @module
 */

import { checkArch } from "./_check_arch.ts";
import type { ConstantTable } from "./_generated/constant_table.ts";
import { CONSTANTS } from "./_generated/constants.ts";
import type { SyscallArch } from "./arch.ts";

/** Constants of which any number, or under a mask one, can be in a value. */
export interface Group {
  /** The bits that are theirs together; 0 for those that are bits themselves. */
  mask: bigint;
  /** Values and names, in the order in which they are written. */
  entries: (readonly [value: bigint, name: string])[];
  /** How what is under the mask but has no name is written. */
  others: "hex" | "decimal" | "bits";
}

/** A table for one architecture. */
export interface Table {
  /** How its values are meant: see tools/constants/spec.ts. */
  kind: string;
  /** What a value without a name is called. */
  unknown: string | undefined;
  /** Its constants. */
  groups: Group[];
  /** The texts of values that were asked for: programs repeat few of them. */
  texts: Map<number | bigint, string>;
}

const COLUMNS: readonly SyscallArch[] = ["x86_64", "i386", "aarch64"];

let lines: ReadonlyMap<string, string> | undefined;
const tables = new Map<SyscallArch, Map<string, Table>>();

/**
 * A table for an architecture.
 *
 * @param name The table.
 * @param arch The architecture.
 * @returns The table.
 * @throws {TypeError} If there is no such table or architecture.
 */
export function tableOf(name: ConstantTable, arch: SyscallArch): Table {
  const known = tables.get(arch)?.get(name);
  if (known !== undefined) return known;
  checkArch(arch);
  const table = readTable(name, COLUMNS.indexOf(arch));
  const others = tables.get(arch) ?? new Map<string, Table>();
  tables.set(arch, others.set(name, table));
  return table;
}

function readTable(name: string, column: number): Table {
  lines ??= new Map(
    CONSTANTS.split("\n").map((
      line,
    ) => [line.slice(0, line.indexOf(" ")), line]),
  );
  const line = lines.get(name);
  if (line === undefined) {
    throw new TypeError(`Cannot find a table of constants named "${name}"`);
  }
  const [, kind, unknown, ...words] = line.split(" ");
  const bits = kind === "flags" || kind === "octal";
  const groups: Group[] = [{ mask: 0n, entries: [], others: "bits" }];
  let prefix = "";
  let next = bits ? 1 : 0;
  for (const word of words.filter((word) => word !== "")) {
    const group = groups.at(-1)!;
    if (word.startsWith("&")) {
      const mask = BigInt(`0x${word.replace(/^&\??/, "")}`);
      const others = word.startsWith("&?") ? "bits" : "hex";
      groups.push({ mask, entries: [], others });
    } else if (word.startsWith("@")) {
      const other = readTable(word.slice(1), column);
      group.entries.push(...other.groups.flatMap(({ entries }) => entries));
      if (other.kind === "numbers") group.others = "decimal";
    } else if (word.endsWith(":")) {
      prefix = word.slice(0, -1);
    } else {
      const [short, text] = word.split("=");
      const values = text?.split("/")
        .map((value) => value === "-" ? undefined : parseInt(value, 16));
      const value = values === undefined
        ? next
        : values.length === 1
        ? values[0]
        : values[column];
      // What follows is counted on from the first architecture that has it.
      const counted = values?.find((it) => it !== undefined) ?? next;
      next = bits ? counted * 2 : counted + 1;
      if (value !== undefined) {
        // (1 << 31) is a negative number in C.
        const exact = bits
          ? BigInt.asUintN(value < 0 ? 32 : 64, BigInt(value))
          : BigInt(value);
        group.entries.push([exact, `${prefix}${short}`]);
      }
    }
  }
  return {
    kind: kind!,
    unknown: unknown === "-" ? undefined : unknown,
    groups: groups.filter(({ entries }) => entries.length > 0),
    texts: new Map(),
  };
}
