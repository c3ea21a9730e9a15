// deno-lint-ignore-file camelcase -- members have the names that C gives them
/**
 * The status of files.
 *
 * @module
 */

import { formatConstant } from "@procctl/syscalls";
import { dated } from "./_decode_time.ts";
import { type Call, hex } from "./_trace_call.ts";
import { type Decoder, output, type ReadAt } from "./_trace_decoder.ts";
import { type Reader, readStruct } from "./_trace_reader.ts";
import { type Struct, struct, type Value } from "./_trace_value.ts";

/** Where a member is, and what. */
type Member = readonly [offset: number, type: "u16" | "u32" | "u64" | "i64"];

/** A `struct stat`: its size, and where its members are. */
interface Layout {
  length: number;
  dev: Member;
  ino: Member;
  mode: Member;
  nlink: Member;
  uid: Member;
  gid: Member;
  rdev: Member;
  size: Member;
  blksize: Member;
  blocks: Member;
  /** Three times, of two longs each. */
  times: number;
}

const LAYOUTS: Readonly<
  Record<"x86_64" | "aarch64" | "i386" | "i386Large", Layout>
> = {
  "x86_64": {
    length: 144,
    dev: [0, "u64"],
    ino: [8, "u64"],
    nlink: [16, "u64"],
    mode: [24, "u32"],
    uid: [28, "u32"],
    gid: [32, "u32"],
    rdev: [40, "u64"],
    size: [48, "i64"],
    blksize: [56, "u64"],
    blocks: [64, "u64"],
    times: 72,
  },
  aarch64: {
    length: 128,
    dev: [0, "u64"],
    ino: [8, "u64"],
    mode: [16, "u32"],
    nlink: [20, "u32"],
    uid: [24, "u32"],
    gid: [28, "u32"],
    rdev: [32, "u64"],
    size: [48, "i64"],
    blksize: [56, "u32"],
    blocks: [64, "u64"],
    times: 72,
  },
  i386: {
    length: 64,
    dev: [0, "u32"],
    ino: [4, "u32"],
    mode: [8, "u16"],
    nlink: [10, "u16"],
    uid: [12, "u16"],
    gid: [14, "u16"],
    rdev: [16, "u32"],
    size: [20, "u32"],
    blksize: [24, "u32"],
    blocks: [28, "u32"],
    times: 32,
  },
  i386Large: {
    length: 96,
    dev: [0, "u64"],
    mode: [16, "u32"],
    nlink: [20, "u32"],
    uid: [24, "u32"],
    gid: [28, "u32"],
    rdev: [32, "u64"],
    size: [44, "i64"],
    blksize: [52, "u32"],
    blocks: [56, "u64"],
    times: 64,
    ino: [88, "u64"],
  },
};

const S_IFMT = 0o170000;
const S_IFCHR = 0o020000;
const S_IFBLK = 0o060000;

/** A device's number, as the macro that makes it. */
export function makedev(device: number | bigint): string {
  const value = BigInt(device);
  const major = value >> 8n & 0xfffn | value >> 32n & 0xffff_f000n;
  const minor = value & 0xffn | value >> 12n & 0xffff_ff00n;
  return `makedev(${hex(major)}, ${hex(minor)})`;
}

function readStat(large: boolean): ReadAt {
  return (call, address) => {
    const arch = call.arch === "i386" && large ? "i386Large" : call.arch;
    const layout = LAYOUTS[arch];
    const reader = readStruct(call, address, layout.length);
    return reader === undefined ? undefined : toValue(call, layout, reader);
  };
}

function member(reader: Reader, [offset, type]: Member): number | bigint {
  reader.at = offset;
  return reader[type]();
}

function toValue(call: Call, layout: Layout, reader: Reader): Struct {
  const mode = Number(member(reader, layout.mode));
  const st_mode = formatConstant(mode, "file_modes", call.arch);
  const format = mode & S_IFMT;
  const isDevice = format === S_IFCHR || format === S_IFBLK;
  const last: Record<string, Value> = isDevice
    ? { st_rdev: makedev(member(reader, layout.rdev)) }
    : { st_size: member(reader, layout.size) };
  if (!call.detail.verbose) return struct({ st_mode, ...last }, true);
  return struct({
    st_dev: makedev(member(reader, layout.dev)),
    st_ino: member(reader, layout.ino),
    st_mode,
    st_nlink: member(reader, layout.nlink),
    st_uid: member(reader, layout.uid),
    st_gid: member(reader, layout.gid),
    st_blksize: member(reader, layout.blksize),
    st_blocks: member(reader, layout.blocks),
    ...last,
    ...timesOf(reader, layout),
  });
}

function timesOf(reader: Reader, layout: Layout): Record<string, Value> {
  const fields: Record<string, Value> = {};
  reader.at = layout.times;
  for (const name of ["st_atime", "st_mtime", "st_ctime"]) {
    const seconds = reader.long();
    const nanoseconds = reader.long();
    fields[name] = dated(seconds, seconds, Number(nanoseconds));
    fields[`${name}_nsec`] = nanoseconds;
  }
  return fields;
}

const STATX_SIZE = 256;
const STATX_BTIME = 0x800;
const STATX_MNT_ID = 0x1000;

/** Not all members hold something: the mask tells which. */
const readStatx: ReadAt = (call, address) => {
  const reader = readStruct(call, address, STATX_SIZE);
  if (reader === undefined) return undefined;
  const { verbose } = call.detail;
  const mask = reader.u32();
  const name = (
    value: number | bigint,
    table: "statx_attributes" | "statx_mask",
  ) => formatConstant(value, table, call.arch);
  const fields: Record<string, Value> = { stx_mask: name(mask, "statx_mask") };
  const blksize = reader.u32();
  if (verbose) fields.stx_blksize = blksize;
  fields.stx_attributes = name(reader.u64(), "statx_attributes");
  const nlink = reader.u32();
  const uid = reader.u32();
  const gid = reader.u32();
  if (verbose) {
    fields.stx_nlink = nlink;
    fields.stx_uid = uid;
    fields.stx_gid = gid;
  }
  fields.stx_mode = formatConstant(reader.u16(), "file_modes", call.arch);
  const ino = reader.skip(2).u64();
  if (verbose) fields.stx_ino = ino;
  fields.stx_size = reader.u64();
  if (!verbose) return struct(fields, true);
  fields.stx_blocks = reader.u64();
  fields.stx_attributes_mask = name(reader.u64(), "statx_attributes");
  fields.stx_atime = statxTime(reader);
  const btime = statxTime(reader);
  if (mask & STATX_BTIME) fields.stx_btime = btime;
  fields.stx_ctime = statxTime(reader);
  fields.stx_mtime = statxTime(reader);
  fields.stx_rdev_major = reader.u32();
  fields.stx_rdev_minor = reader.u32();
  fields.stx_dev_major = reader.u32();
  fields.stx_dev_minor = reader.u32();
  if (mask & STATX_MNT_ID) fields.stx_mnt_id = hex(reader.u64());
  return struct(fields);
};

function statxTime(reader: Reader): Value {
  const tv_sec = reader.i64();
  const tv_nsec = reader.u32();
  reader.skip(4);
  return dated(struct({ tv_sec, tv_nsec }), tv_sec, tv_nsec);
}

/** `struct stat`. */
export const stat: Decoder = output(readStat(false));
/** `struct stat64`, of 32-bit programs. */
export const stat64: Decoder = output(readStat(true));
/** `struct statx`. */
export const statx: Decoder = output(readStatx);
