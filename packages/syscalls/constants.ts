/**
 * The names of flags and other constants that system calls are given.
 *
 * @module
 */

import { type Group, type Table, tableOf } from "./_constant_table.ts";
import type { ConstantTable } from "./_generated/constant_table.ts";
import { NATIVE_ARCH, type SyscallArch } from "./arch.ts";

export type { ConstantTable } from "./_generated/constant_table.ts";

/**
 * Writes a value as C would, by the names of its constants, as strace does.
 *
 * What has no name is written as a number, with strace's remark where nothing
 * has one: `0x40 /* PROT_??? *\/`.
 *
 * @param value The value. A negative one counts as its unsigned bits, 32 or as
 * many as it needs, except where negative values have names.
 * @param table The table of constants.
 * @param arch The architecture, as some values differ.
 * @returns The text.
 * @throws {TypeError} If there is no such table or architecture.
 * @throws {RangeError} If the value is no integer.
 *
 * @example Usage
 * ```ts
 * import { formatConstant } from "@procctl/syscalls";
 *
 * console.log(formatConstant(0o2000101, "open_flags", "x86_64"));
 * // prints: O_WRONLY|O_CREAT|O_CLOEXEC
 * console.log(formatConstant(0, "protection")); // prints: PROT_NONE
 * console.log(formatConstant(-100, "at_fd")); // prints: AT_FDCWD
 * ```
 */
export function formatConstant(
  value: number | bigint,
  table: ConstantTable,
  arch: SyscallArch = NATIVE_ARCH,
): string {
  const found = tableOf(table, arch);
  const { texts } = found;
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = format(BigInt(value), found);
  if (texts.size === MOST_TEXTS) texts.clear();
  texts.set(value, text);
  return text;
}

/** How many texts of a table are kept: addresses and sizes know no end. */
const MOST_TEXTS = 256;

function format(value: bigint, table: Table): string {
  switch (table.kind) {
    case "flags":
    case "octal":
      return formatFlags(unsigned(value), table);
    case "address":
      return value === 0n ? "NULL" : inHex(unsigned(value));
    case "hex":
      return inHex(unsigned(value));
    default:
      return formatValue(value, table);
  }
}

/**
 * The constants of a table.
 *
 * @param table The table of constants.
 * @param arch The architecture, as some values differ.
 * @returns The values by name.
 * @throws {TypeError} If there is no such table or architecture.
 *
 * @example Usage
 * ```ts
 * import { constantsOf } from "@procctl/syscalls";
 *
 * const { O_DIRECTORY } = Object.fromEntries(
 *   constantsOf("open_flags", "aarch64"),
 * );
 * console.log(O_DIRECTORY); // prints: 16384
 * ```
 */
export function constantsOf(
  table: ConstantTable,
  arch: SyscallArch = NATIVE_ARCH,
): Map<string, number> {
  const { groups } = tableOf(table, arch);
  return new Map(
    groups.flatMap(({ entries }) =>
      entries.map(([value, name]) => [name, Number(value)])
    ),
  );
}

function unsigned(value: bigint): bigint {
  if (value >= 0n) return value;
  return BigInt.asUintN(value >= -0x8000_0000n ? 32 : 64, value);
}

/** As C's `%#x`. */
function inHex(value: bigint): string {
  return value === 0n ? "0" : `0x${value.toString(16)}`;
}

/** As C's `%#03o`. */
function inOctal(value: bigint): string {
  return `0${value === 0n ? "" : value.toString(8)}`.padStart(3, "0");
}

function withRemark(value: bigint, unknown: string | undefined): string {
  const hex = inHex(value);
  return unknown === undefined ? hex : `${hex} /* ${unknown} */`;
}

/** One of several: a value that has one name, or none. */
function formatValue(value: bigint, { kind, unknown, groups }: Table): string {
  // A constant may come as what a register of 32 or 64 bits holds of it, and one
  // above 2^31 as a negative int.
  const bits = value >= -0x8000_0000n && value <= 0xffff_ffffn ? 32 : 64;
  const held = BigInt.asUintN(bits, value);
  const names = groups.flatMap(({ entries }) => entries);
  const name = names.find(([it]) => BigInt.asUintN(bits, it) === held)?.[1];
  if (name !== undefined) return name;
  if (kind === "numbers") return String(value);
  if (kind === "ioctl") return formatIoctl(Number(unsigned(value)));
  return withRemark(unsigned(value), unknown);
}

/** As the macro of <asm/ioctl.h>: direction, type, number, size. */
function formatIoctl(value: number): string {
  const directions = ["_IOC_NONE", "_IOC_WRITE", "_IOC_READ"];
  const direction = directions[value >>> 30] ?? "_IOC_READ|_IOC_WRITE";
  const rest = [value >>> 8 & 0xff, value & 0xff, value >>> 16 & 0x3fff]
    .map((part) => inHex(BigInt(part)));
  return `_IOC(${[direction, ...rest].join(", ")})`;
}

/** Bits: all names that are in the value, and what is left of it. */
function formatFlags(value: bigint, { kind, unknown, groups }: Table): string {
  const parts: string[] = [];
  let rest = value;
  for (const group of groups) {
    rest = group.mask === 0n
      ? takeBits(rest, group, parts)
      : takeChoice(rest, group, unknown, parts);
  }
  if (kind === "octal") {
    return [...parts, inOctal(rest)].join("|");
  }
  if (rest === 0n) {
    return parts.length === 0 ? zeroName(groups) : parts.join("|");
  }
  if (parts.length === 0) return withRemark(rest, unknown);
  return [...parts, inHex(rest)].join("|");
}

function takeBits(value: bigint, { entries }: Group, parts: string[]): bigint {
  let rest = value;
  for (const [bits, name] of entries) {
    if (bits === 0n || (rest & bits) !== bits) continue;
    parts.push(name);
    rest &= ~bits;
  }
  return rest;
}

function takeChoice(
  value: bigint,
  { mask, entries, others }: Group,
  unknown: string | undefined,
  parts: string[],
): bigint {
  const chosen = value & mask;
  const name = entries.find(([it]) => it === chosen)?.[1];
  if (name === undefined && (chosen === 0n || others === "bits")) return value;
  if (others === "decimal") parts.push(name ?? String(chosen));
  else parts.push(name ?? withRemark(chosen, unknown));
  return value & ~mask;
}

function zeroName(groups: readonly Group[]): string {
  const names = groups.flatMap(({ entries }) => entries);
  return names.find(([value]) => value === 0n)?.[1] ?? "0";
}
