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

/** What all layouts of `struct stat` have. */
interface Stat {
  dev: number;
  ino: number | bigint;
  mode: number;
  nlink: number | bigint;
  uid: number;
  gid: number;
  rdev: number;
  size: number | bigint;
  blksize: number | bigint;
  blocks: number | bigint;
  times: [number | bigint, number | bigint][];
}

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

function x86Stat(reader: Reader): Stat {
  const dev = Number(reader.ulong());
  const ino = reader.ulong();
  const nlink = reader.ulong();
  const mode = reader.u32();
  const uid = reader.u32();
  const gid = reader.u32();
  const rdev = Number(reader.skip(4).ulong());
  const size = reader.long();
  const blksize = reader.long();
  const blocks = reader.long();
  const times = readTimes(reader);
  return {
    dev,
    ino,
    mode,
    nlink,
    uid,
    gid,
    rdev,
    size,
    blksize,
    blocks,
    times,
  };
}

/** That of aarch64, and of all architectures after it. */
function genericStat(reader: Reader): Stat {
  const dev = Number(reader.ulong());
  const ino = reader.ulong();
  const mode = reader.u32();
  const nlink = reader.u32();
  const uid = reader.u32();
  const gid = reader.u32();
  const rdev = Number(reader.ulong());
  const size = reader.skip(8).long();
  const blksize = reader.i32();
  const blocks = reader.skip(4).long();
  const times = readTimes(reader);
  return {
    dev,
    ino,
    mode,
    nlink,
    uid,
    gid,
    rdev,
    size,
    blksize,
    blocks,
    times,
  };
}

function i386Stat(reader: Reader): Stat {
  const dev = reader.u32();
  const ino = reader.u32();
  const mode = reader.u16();
  const nlink = reader.u16();
  const uid = reader.u16();
  const gid = reader.u16();
  const rdev = reader.u32();
  const size = reader.u32();
  const blksize = reader.u32();
  const blocks = reader.u32();
  const times = readTimes(reader);
  return {
    dev,
    ino,
    mode,
    nlink,
    uid,
    gid,
    rdev,
    size,
    blksize,
    blocks,
    times,
  };
}

function i386Stat64(reader: Reader): Stat {
  const dev = Number(reader.u64());
  const mode = reader.skip(8).u32();
  const nlink = reader.u32();
  const uid = reader.u32();
  const gid = reader.u32();
  const rdev = Number(reader.u64());
  const size = reader.skip(4).i64();
  const blksize = reader.u32();
  const blocks = reader.u64();
  const times = readTimes(reader);
  const ino = reader.u64();
  return {
    dev,
    ino,
    mode,
    nlink,
    uid,
    gid,
    rdev,
    size,
    blksize,
    blocks,
    times,
  };
}

function readTimes(reader: Reader): Stat["times"] {
  const time = (): [number | bigint, number | bigint] => [
    reader.long(),
    reader.long(),
  ];
  return [time(), time(), time()];
}

const LAYOUTS = {
  "x86_64": { size: 144, read: x86Stat },
  aarch64: { size: 128, read: genericStat },
  i386: { size: 64, read: i386Stat },
  i386Large: { size: 96, read: i386Stat64 },
} as const;

function readStat(large: boolean): ReadAt {
  return (call, address) => {
    const arch = call.arch === "i386" && large ? "i386Large" : call.arch;
    const { size, read } = LAYOUTS[arch];
    const reader = readStruct(call, address, size);
    return reader === undefined ? undefined : toValue(call, read(reader));
  };
}

function toValue({ detail, arch }: Call, stat: Stat): Struct {
  const st_mode = formatConstant(stat.mode, "file_modes", arch);
  const format = stat.mode & S_IFMT;
  const isDevice = format === S_IFCHR || format === S_IFBLK;
  const last: Record<string, Value> = isDevice
    ? { st_rdev: makedev(stat.rdev) }
    : { st_size: stat.size };
  if (!detail.verbose) return struct({ st_mode, ...last }, true);
  const times: Record<string, Value> = {};
  ["st_atime", "st_mtime", "st_ctime"].forEach((name, index) => {
    const [seconds, nanoseconds] = stat.times[index]!;
    times[name] = dated(seconds, seconds, Number(nanoseconds));
    times[`${name}_nsec`] = nanoseconds;
  });
  return struct({
    st_dev: makedev(stat.dev),
    st_ino: stat.ino,
    st_mode,
    st_nlink: stat.nlink,
    st_uid: stat.uid,
    st_gid: stat.gid,
    st_blksize: stat.blksize,
    st_blocks: stat.blocks,
    ...last,
    ...times,
  });
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
