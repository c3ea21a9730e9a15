/**
 * How much of a register the kernel looks at.
 *
 * @module
 */

import type { ConstantTable } from "./_generated/constant_table.ts";
import type { SyscallArch } from "./arch.ts";

/** How much of a register a type takes, and what that means. */
export interface Width {
  /** How many bits. */
  bits: number;
  /** Whether it can be negative. */
  signed: boolean;
  /** Whether all bits set are -1, though the rest is unsigned. */
  owner: boolean;
  /** How values of the type are written, whatever takes them. */
  table: ConstantTable | undefined;
}

/** Types that are unsigned, beside those that say so. */
const UNSIGNED =
  /^(?:const )?(?:unsigned|size_t|compat_u|compat_size_t|u32|u64|__u32|__u64|aio_context_t|compat_aio_context_t|old_sigset_t|compat_old_sigset_t)/;

/** Types of 64 bits on 64-bit machines. */
const WIDE =
  /^(?:const )?(?:(?:unsigned )?long|size_t|loff_t|off_t|u64|__u64|aio_context_t)/;

/** Addresses, also where the type does not say so. */
const POINTER =
  /\*(?:const)?$|^(?:const )?cap_user_|^(?:__sighandler_t|compat_uptr_t)$/;

/** Of these -1 has a meaning, and the rest are written as unsigned. */
const OWNER = /^(?:uid_t|gid_t|qid_t|old_uid_t|old_gid_t)$/;

/** i386's first calls, and modes everywhere. */
const SHORT = /^(?:umode_t|compat_mode_t|old_uid_t|old_gid_t)$/;

/** The widths of types that were met, on machines of 64 and 32 bits. */
const long = new Map<string, Width>();
const short = new Map<string, Width>();

/**
 * How much of a register a type takes.
 *
 * @param type The type in C.
 * @param arch The architecture.
 * @returns The width.
 */
export function widthOf(type: string, arch: SyscallArch): Width {
  const known = arch === "i386" ? short : long;
  let width = known.get(type);
  if (width === undefined) {
    width = readType(type, arch !== "i386");
    known.set(type, width);
  }
  return width;
}

function readType(type: string, wide: boolean): Width {
  const owner = OWNER.test(type);
  const pointer = POINTER.test(type);
  const mode = /^(?:umode_t|compat_mode_t)$/.test(type);
  const full = wide && (pointer || WIDE.test(type));
  return {
    bits: SHORT.test(type) ? 16 : full ? 64 : 32,
    signed: !(owner || pointer || mode || UNSIGNED.test(type)),
    owner,
    table: pointer ? "addresses" : mode ? "permissions" : undefined,
  };
}

/**
 * The part of a register that the kernel looks at.
 *
 * @param value What the register holds.
 * @param width How much of it is looked at.
 * @returns The value of that.
 */
export function narrow(value: bigint, width: Width): bigint {
  const { bits, signed, owner } = width;
  if (signed) return BigInt.asIntN(bits, value);
  const unsigned = BigInt.asUintN(bits, value);
  // All bits set are -1.
  return owner && unsigned === (1n << BigInt(bits)) - 1n ? -1n : unsigned;
}
