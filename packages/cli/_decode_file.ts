// deno-lint-ignore-file camelcase -- members have the names that C gives them
/**
 * Files: how they are opened, locked and listed, and their device numbers.
 *
 * @module
 */

import { pageSize } from "@procctl/libc/memory";
import { formatConstant } from "@procctl/syscalls";
import { makedev } from "./_decode_stat.ts";
import { type Call, failed, hex, pointer, uint, word } from "./_trace_call.ts";
import {
  at,
  type Decoder,
  decoder,
  input,
  outDecoder,
  output,
  type ReadAt,
  readLong,
  single,
} from "./_trace_decoder.ts";
import { longSize, Reader, readStruct } from "./_trace_reader.ts";
import {
  list,
  remark,
  type Struct,
  struct,
  type Value,
} from "./_trace_value.ts";

const O_CREAT = 0o100;
const O_TMPFILE = 0o20000000;
const S_IFMT = 0o170000;
const S_IFCHR = 0o020000;
const S_IFBLK = 0o060000;

/** The mode of a new file, taken only if the flags before it ask for one. */
export const openMode: Decoder = decoder((call, index) => {
  const creates = uint(call, index - 1) & (O_CREAT | O_TMPFILE);
  if (!creates) return undefined;
  return formatConstant(uint(call, index) & 0xffff, "permissions", call.arch);
});

/** The number of a new device, taken only if the mode before it asks for it. */
export const newDevice: Decoder = decoder((call, index) => {
  const format = uint(call, index - 1) & S_IFMT;
  return format === S_IFCHR || format === S_IFBLK
    ? makedev(uint(call, index))
    : undefined;
});

const MREMAP_FIXED = 2;
const MREMAP_DONTUNMAP = 4;

/** Where a mapping moves to, taken only if the flags before it say so. */
export const newAddress: Decoder = decoder((call, index) =>
  uint(call, index - 1) & (MREMAP_FIXED | MREMAP_DONTUNMAP)
    ? pointer(word(call, index))
    : undefined
);

/** What mmap2(2) counts in, whatever size pages have. */
const OFFSET_UNIT = 4096;

/** An offset that is counted in units, shown in bytes as of other calls. */
export const pageOffset: Decoder = decoder((call, index) =>
  hex(uint(call, index) * OFFSET_UNIT)
);

/** `struct open_how`. */
export const openHow: Decoder = input((call, address) => {
  const reader = readStruct(call, address, 24);
  if (reader === undefined) return undefined;
  const flags = reader.u64();
  const mode = reader.u64();
  const creates = BigInt(flags) & BigInt(O_CREAT | O_TMPFILE);
  return struct({
    flags: formatConstant(flags, "open_flags", call.arch),
    ...(creates && { mode: formatConstant(mode, "permissions", call.arch) }),
    resolve: formatConstant(reader.u64(), "resolve_flags", call.arch),
  });
});

/** What fcntl(2) does with a lock, by its command. */
const LOCKS: Readonly<Record<string, "in" | "out">> = {
  F_GETLK: "out",
  F_SETLK: "in",
  F_SETLKW: "in",
  F_GETLK64: "out",
  F_SETLK64: "in",
  F_SETLKW64: "in",
  F_OFD_GETLK: "out",
  F_OFD_SETLK: "in",
  F_OFD_SETLKW: "in",
};

/** Commands of fcntl(2) that take no argument. */
const WITHOUT: ReadonlySet<string> = new Set([
  "F_GETFD",
  "F_GETFL",
  "F_GETOWN",
  "F_GETSIG",
  "F_GETLEASE",
  "F_GETPIPE_SZ",
  "F_GET_SEALS",
]);

function fcntlCommand(call: Call): string {
  return formatConstant(uint(call, 1), "fcntl_commands", call.arch);
}

/** `struct flock`, or that of 64 bits for 32-bit programs. */
const readLock: ReadAt = (call, address) => {
  const command = fcntlCommand(call);
  const wide = longSize(call) === 8;
  const large = wide || /64$|OFD/.test(command);
  const size = wide ? 32 : large ? 24 : 16;
  const reader = readStruct(call, address, size);
  if (reader === undefined) return undefined;
  const type = reader.i16();
  const whence = reader.i16();
  if (wide) reader.skip(4);
  const fields: Record<string, Value> = {
    l_type: formatConstant(type, "lock_types", call.arch),
    l_whence: formatConstant(whence, "whence", call.arch),
    l_start: large ? reader.i64() : reader.i32(),
    l_len: large ? reader.i64() : reader.i32(),
  };
  if (LOCKS[command] === "out") fields.l_pid = reader.i32();
  return struct(fields);
};

/** The argument of fcntl(2), where it is more than a number. */
export function fcntlArgument(plain: Decoder): Decoder {
  return {
    out: (call) => LOCKS[fcntlCommand(call)] === "out",
    decode(call, index) {
      const command = fcntlCommand(call);
      if (WITHOUT.has(command)) return undefined;
      const lock = LOCKS[command];
      if (lock === undefined) return plain.decode(call, index);
      const address = word(call, index);
      return lock === "out" && failed(call)
        ? pointer(address)
        : at(call, address, readLock);
    },
  };
}

/** What is told of the result of fcntl(2). */
export function fcntlResult(call: Call): string | undefined {
  if (failed(call)) return undefined;
  const table = {
    F_GETFL: "open_flags",
    F_GETFD: "descriptor_flags",
    F_GETLEASE: "lock_types",
    F_GET_SEALS: "seals",
  } as const;
  const command = fcntlCommand(call);
  if (!Object.hasOwn(table, command)) return undefined;
  const of = table[command as keyof typeof table];
  // No flag at all is not worth a remark.
  if (of === "descriptor_flags" && call.result === 0) return undefined;
  const text = formatConstant(call.result, of, call.arch);
  return of === "lock_types" ? text : `flags ${text}`;
}

/** Whether the result of fcntl(2) is a word of flags. */
export function fcntlResultIsFlags(call: Call): boolean {
  const command = fcntlCommand(call);
  return command === "F_GETFL" || command === "F_GETFD" ||
    command === "F_GET_SEALS" || command === "F_GETLEASE";
}

const FILE_TYPES: Readonly<Record<number, string>> = {
  0: "DT_UNKNOWN",
  1: "DT_FIFO",
  2: "DT_CHR",
  4: "DT_DIR",
  6: "DT_BLK",
  8: "DT_REG",
  10: "DT_LNK",
  12: "DT_SOCK",
  14: "DT_WHT",
};

/** The entries of a folder: how many, or all of them. */
function entries(read: (reader: Reader, at: number) => Struct): Decoder {
  return outDecoder((call, index) => {
    const address = word(call, index);
    if (failed(call)) return pointer(address);
    const bytes = call.memory.read(address, call.result);
    if (bytes.length < call.result) return pointer(address);
    const { items, count } = readEntries(call, bytes, read);
    if (call.detail.verbose) return list(items);
    return remark(pointer(address), `${count} entries`);
  });
}

function readEntries(
  call: Call,
  bytes: Uint8Array<ArrayBuffer>,
  read: (reader: Reader, at: number) => Struct,
): { items: Value[]; count: number } {
  const items: Value[] = [];
  const long = read === readEntry64 ? 8 : longSize(call);
  const header = 2 * long + 2;
  let count = 0;
  for (let at = 0; at + header <= bytes.length; count++) {
    const reader = new Reader(bytes.subarray(at), long === 8);
    const size = reader.skip(2 * long).u16();
    if (size < header || at + size > bytes.length) break;
    reader.at = 0;
    if (call.detail.verbose) items.push(read(reader, size));
    at += size;
  }
  return { items, count };
}

function fileName(bytes: Uint8Array): Value {
  const end = bytes.indexOf(0);
  const name = end < 0 ? bytes : bytes.subarray(0, end);
  return { kind: "text", bytes: name, more: false };
}

function fileType(type: number): string {
  return FILE_TYPES[type] ?? `${hex(type)} /* DT_??? */`;
}

function readEntry64(reader: Reader, size: number): Struct {
  const d_ino = reader.u64();
  const d_off = reader.i64();
  const d_reclen = reader.u16();
  const d_type = fileType(reader.u8());
  const d_name = fileName(reader.bytes(size - reader.at));
  return struct({ d_ino, d_off, d_reclen, d_type, d_name });
}

/** The type of an entry is its last byte. */
function readEntry(reader: Reader, size: number): Struct {
  const d_ino = reader.ulong();
  const d_off = reader.ulong();
  const d_reclen = reader.u16();
  const d_name = fileName(reader.bytes(size - 1 - reader.at));
  return struct({
    d_ino,
    d_off,
    d_reclen,
    d_name,
    d_type: fileType(reader.u8()),
  });
}

export const entries64: Decoder = entries(readEntry64);
export const oldEntries: Decoder = entries(readEntry);

/** An offset, which the call reads and moves. */
export const movedOffset: Decoder = {
  out: false,
  decode: (call, index) => at(call, word(call, index), single(readLong)),
  becomes: {
    out: (call, index) => word(call, index) !== 0,
    decode(call, index) {
      const address = word(call, index);
      if (address === 0 || failed(call) || call.result === 0) return undefined;
      return single(readLong)(call, address);
    },
  },
};

/** An offset that the call reads. */
export const offset: Decoder = input(single(readLong));

/** An offset that the call fills: _llseek(2). */
export const offsetOut: Decoder = output(single(readLong));

/** The residence of pages: mincore(2). */
export const residence: Decoder = outDecoder((call, index) => {
  const address = word(call, index);
  const count = Math.ceil(word(call, 1) / pageSize());
  const most = Math.min(count, call.detail.verbose ? count : call.detail.limit);
  const bytes = call.memory.read(address, most);
  if (failed(call) || bytes.length < most) return pointer(address);
  return list([...bytes].map((it) => it & 1), count > most);
});
