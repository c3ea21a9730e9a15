// deno-lint-ignore-file camelcase -- members have the names that C gives them
/**
 * What the system tells of itself: names, memory, file systems, processors.
 *
 * @module
 */

import { formatConstant } from "@procctl/syscalls";
import { readText } from "./_decode_string.ts";
import { type Call, failed, hex, pointer, uint, word } from "./_trace_call.ts";
import {
  type Decoder,
  decoder,
  input,
  outDecoder,
  output,
  type ReadAt,
} from "./_trace_decoder.ts";
import { longSize, readStruct } from "./_trace_reader.ts";
import { list, struct, type Value } from "./_trace_value.ts";

const UTS_SIZE = 65;
const UTS_NAMES = [
  "sysname",
  "nodename",
  "release",
  "version",
  "machine",
  "domainname",
];

/** uname(2). */
export const utsname: Decoder = output((call, address) => {
  const fields: Record<string, Value> = {};
  const names = call.detail.verbose ? UTS_NAMES : UTS_NAMES.slice(0, 2);
  for (const [index, name] of names.entries()) {
    const text = readText(call, address + index * UTS_SIZE, UTS_SIZE);
    if (text === undefined) return undefined;
    fields[name] = text;
  }
  return struct(fields, !call.detail.verbose);
});

/** sysinfo(2). */
export const sysinfo: Decoder = output((call, address) => {
  const size = longSize(call) === 8 ? 112 : 64;
  const reader = readStruct(call, address, size);
  if (reader === undefined) return undefined;
  const uptime = reader.long();
  const loads = list([reader.ulong(), reader.ulong(), reader.ulong()]);
  const fields: Record<string, Value> = { uptime, loads };
  const names = ["totalram", "freeram", "sharedram", "bufferram"];
  for (const name of [...names, "totalswap", "freeswap"]) {
    fields[name] = reader.ulong();
  }
  fields.procs = reader.u16();
  reader.skip(longSize(call) === 8 ? 6 : 2);
  fields.totalhigh = reader.ulong();
  fields.freehigh = reader.ulong();
  fields.mem_unit = reader.u32();
  return struct(fields);
});

/** The numbers by which file systems are known. */
const FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0xef53, "EXT2_SUPER_MAGIC"],
  [0x0102_1994, "TMPFS_MAGIC"],
  [0x9fa0, "PROC_SUPER_MAGIC"],
  [0x6265_6572, "SYSFS_MAGIC"],
  [0x794c_7630, "OVERLAYFS_SUPER_MAGIC"],
  [0x9123_683e, "BTRFS_SUPER_MAGIC"],
  [0x5846_5342, "XFS_SUPER_MAGIC"],
  [0x6969, "NFS_SUPER_MAGIC"],
  [0x6573_5546, "FUSE_SUPER_MAGIC"],
  [0x1cd1, "DEVPTS_SUPER_MAGIC"],
  [0x6367_7270, "CGROUP2_SUPER_MAGIC"],
  [0x27_e0eb, "CGROUP_SUPER_MAGIC"],
  [0x4d44, "MSDOS_SUPER_MAGIC"],
  [0x7371_7368, "SQUASHFS_MAGIC"],
  [0x5346_544e, "NTFS_SB_MAGIC"],
  [0x9660, "ISOFS_SUPER_MAGIC"],
  [0x8584_58f6, "RAMFS_MAGIC"],
  [0x6462_6720, "DEBUGFS_MAGIC"],
  [0x7472_6163, "TRACEFS_MAGIC"],
  [0xcafe_4a11, "BPF_FS_MAGIC"],
  [0x1980_0202, "MQUEUE_MAGIC"],
  [0x9584_58f6, "HUGETLBFS_MAGIC"],
  [0x7363_6673, "SECURITYFS_MAGIC"],
  [0xf97c_ff8c, "SELINUX_MAGIC"],
  [0x5049_5045, "PIPEFS_MAGIC"],
  [0x534f_434b, "SOCKFS_MAGIC"],
  [0x6e73_6673, "NSFS_MAGIC"],
  [0xf2f5_2010, "F2FS_SUPER_MAGIC"],
  [0x0102_1997, "V9FS_MAGIC"],
  [0xff53_4d42, "CIFS_SUPER_MAGIC"],
]);

const MOUNT_FLAGS = [
  [0x20, "ST_VALID"],
  [0x1, "ST_RDONLY"],
  [0x2, "ST_NOSUID"],
  [0x4, "ST_NODEV"],
  [0x8, "ST_NOEXEC"],
  [0x10, "ST_SYNCHRONOUS"],
  [0x40, "ST_MANDLOCK"],
  [0x400, "ST_NOATIME"],
  [0x800, "ST_NODIRATIME"],
  [0x1000, "ST_RELATIME"],
  [0x2000, "ST_NOSYMFOLLOW"],
] as const;

function mountFlags(value: number): string {
  const names: string[] = [];
  let rest = value;
  for (const [bit, name] of MOUNT_FLAGS) {
    if ((rest & bit) === 0) continue;
    names.push(name);
    rest &= ~bit;
  }
  if (rest !== 0 || names.length === 0) names.push(hex(rest));
  return names.join("|");
}

/** `struct statfs`, of programs of 64 bits. */
const readStatfs: ReadAt = (call, address) => {
  if (longSize(call) === 4) return undefined;
  const reader = readStruct(call, address, 120);
  if (reader === undefined) return undefined;
  const type = Number(reader.long());
  const fields: Record<string, Value> = {
    f_type: FILE_SYSTEMS.get(type) ?? hex(type),
  };
  const names = ["bsize", "blocks", "bfree", "bavail", "files", "ffree"];
  for (const name of names) fields[`f_${name}`] = reader.ulong();
  const val = list([hex(reader.u32()), hex(reader.u32())]);
  fields.f_fsid = struct({ val });
  fields.f_namelen = reader.ulong();
  fields.f_frsize = reader.ulong();
  fields.f_flags = mountFlags(Number(reader.ulong()));
  return struct(fields);
};
export const statfs: Decoder = output(readStatfs);

/** The processors of a mask of so many bytes. */
function readProcessors(
  call: Call,
  address: number,
  size: number,
): Value | undefined {
  const bytes = call.memory.read(address, size);
  if (bytes.length < size) return undefined;
  const names: number[] = [];
  bytes.forEach((byte, at) => {
    for (let bit = 0; bit < 8; bit++) {
      if (byte >> bit & 1) names.push(at * 8 + bit);
    }
  });
  return `[${names.join(" ")}]`;
}

/** Processors on which a task may run; the argument before is their size. */
export const processorsIn: Decoder = decoder((call, index) => {
  const address = word(call, index);
  return readProcessors(call, address, uint(call, index - 1)) ??
    pointer(address);
});

/** Those that are asked for; the result is how many bytes they take. */
export const processorsOut: Decoder = outDecoder((call, index) => {
  const address = word(call, index);
  if (failed(call)) return pointer(address);
  return readProcessors(call, address, call.result) ?? pointer(address);
});

/** The priority of a task of a real-time policy. */
export const schedulingIn: Decoder = input(readPriority);
export const schedulingOut: Decoder = output(readPriority);

function readPriority(call: Call, address: number): Value | undefined {
  const priority = readStruct(call, address, 4)?.i32();
  return priority === undefined ? undefined : list([priority]);
}

const CAPABILITY_VERSIONS: ReadonlyMap<number, string> = new Map([
  [0x1998_0330, "_LINUX_CAPABILITY_VERSION_1"],
  [0x2007_1026, "_LINUX_CAPABILITY_VERSION_2"],
  [0x2008_0522, "_LINUX_CAPABILITY_VERSION_3"],
]);

/** Whose capabilities, in which version. */
export const capabilityHeader: Decoder = input((call, address) => {
  const reader = readStruct(call, address, 8);
  if (reader === undefined) return undefined;
  const version = reader.u32();
  return struct({
    version: CAPABILITY_VERSIONS.get(version) ?? hex(version),
    pid: reader.i32(),
  });
});

const readCapabilities: ReadAt = (call, address) => {
  const version = readStruct(call, word(call, 0), 4)?.u32();
  const long = version !== 0x1998_0330;
  const reader = readStruct(call, address, long ? 24 : 12);
  if (reader === undefined) return undefined;
  const low = [reader.u32(), reader.u32(), reader.u32()];
  const high = long ? [reader.u32(), reader.u32(), reader.u32()] : [0, 0, 0];
  const [effective, permitted, inheritable] = low.map((it, index) =>
    capabilities(it, high[index]!, call)
  );
  return struct({
    effective: effective!,
    permitted: permitted!,
    inheritable: inheritable!,
  });
};
export const capabilitiesIn: Decoder = input(readCapabilities);
export const capabilitiesOut: Decoder = output(readCapabilities);

function capabilities(low: number, high: number, { arch }: Call): string {
  const names: string[] = [];
  for (let bit = 0; bit < 64; bit++) {
    const half = bit < 32 ? low : high;
    if (half >>> (bit & 31) & 1) {
      const name = formatConstant(bit, "capabilities", arch);
      names.push(`1<<${name.replace(/ .*/, "")}`);
    }
  }
  return names.length === 0 ? "0" : names.join("|");
}
