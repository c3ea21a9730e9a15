// deno-lint-ignore-file camelcase -- members have the names that C gives them
/**
 * Addresses of sockets.
 *
 * @module
 */

import { formatConstant } from "@procctl/syscalls";
import { nameDescriptor } from "./_decode_number.ts";
import {
  type Call,
  failed,
  hex,
  int,
  pointer,
  uint,
  word,
} from "./_trace_call.ts";
import {
  type Decoder,
  decoder,
  outDecoder,
  readInt,
} from "./_trace_decoder.ts";
import { Reader, readStruct } from "./_trace_reader.ts";
import {
  list,
  macro,
  type Struct,
  struct,
  type Text,
  type Value,
} from "./_trace_value.ts";

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
/** As large as the kernel's `struct sockaddr_storage`. */
const MOST = 128;

/** An address of so many bytes. */
export function readAddress(
  call: Call,
  address: number,
  size: number,
): Value | undefined {
  if (size < 2) return undefined;
  const bytes = call.memory.read(address, Math.min(size, MOST));
  return bytes.length < Math.min(size, MOST)
    ? undefined
    : formatAddress(bytes, call);
}

function formatAddress(bytes: Uint8Array<ArrayBuffer>, call: Call): Struct {
  const reader = new Reader(bytes, true);
  const family = reader.u16();
  const sa_family = formatConstant(family, "address_families", call.arch);
  if (family === AF_UNIX) return unixAddress(bytes, sa_family);
  if (family === AF_INET && bytes.length >= 16) {
    const port = reader.u16(true);
    return struct({
      sa_family,
      sin_port: `htons(${port})`,
      sin_addr: macro("inet_addr", text(bytes.subarray(4, 8).join("."))),
    });
  }
  if (family === AF_INET6 && bytes.length >= 24) {
    return inet6Address(reader, bytes, sa_family);
  }
  if (family === AF_NETLINK && bytes.length >= 12) {
    const nl_pid = reader.skip(2).i32();
    const nl_groups = reader.u32().toString(16).padStart(8, "0");
    return struct({ sa_family, nl_pid, nl_groups });
  }
  const data: Text = { kind: "text", bytes: bytes.subarray(2), more: false };
  return struct({ sa_family, sa_data: data });
}

function text(characters: string): Text {
  const bytes = new TextEncoder().encode(characters);
  return { kind: "text", bytes, more: false };
}

/** A path, or what follows a NUL; strace writes `@` for that NUL. */
function unixAddress(bytes: Uint8Array, sa_family: string): Struct {
  if (bytes.length === 2) return struct({ sa_family });
  if (bytes[2] === 0) {
    const name = {
      kind: "text",
      bytes: bytes.subarray(3),
      more: false,
    } as const;
    return struct({ sa_family, sun_path: { ...name, abstract: true } });
  }
  const end = bytes.indexOf(0, 2);
  const path = bytes.subarray(2, end < 0 ? bytes.length : end);
  return struct({
    sa_family,
    sun_path: { kind: "text", bytes: path, more: false },
  });
}

function inet6Address(
  reader: Reader,
  bytes: Uint8Array,
  sa_family: string,
): Struct {
  const port = reader.u16(true);
  const flow = reader.u32(true);
  const address = formatInet6(bytes.subarray(8, 24));
  const fields: Record<string, Value> = {
    sa_family,
    sin6_port: `htons(${port})`,
    sin6_flowinfo: `htonl(${flow})`,
    "!sin6_addr": macro(
      "inet_pton",
      ...["AF_INET6", text(address), "&sin6_addr"],
    ),
  };
  if (bytes.length >= 28) {
    const scope = reader.skip(16).u32();
    fields.sin6_scope_id = scope;
  }
  return struct(fields);
}

/** As inet_ntop(3): the longest run of zeros is `::`. */
function formatInet6(bytes: Uint8Array): string {
  const reader = new Reader(new Uint8Array(bytes), true);
  const parts = Array.from({ length: 8 }, () => reader.u16(true));
  if (parts.slice(0, 5).every((it) => it === 0) && parts[5] === 0xffff) {
    return `::ffff:${bytes.subarray(12).join(".")}`;
  }
  let [start, length] = [-1, 1];
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && parts[end] === 0) end++;
    if (end - i > length) [start, length] = [i, end - i];
    i = Math.max(i, end - 1);
  }
  const write = (from: number, to: number) =>
    parts.slice(from, to).map((it) => it.toString(16)).join(":");
  if (start < 0) return write(0, 8);
  return `${write(0, start)}::${write(start + length, 8)}`;
}

/** An address that the call reads; the argument after it is its size. */
export const addressIn: Decoder = decoder((call, index) => {
  const address = word(call, index);
  const size = uint(call, index + 1);
  return readAddress(call, address, size) ?? pointer(address);
});

/** An address that the call fills; the argument after it points to its size. */
export const addressOut: Decoder = {
  out: true,
  peek: (call, index) => sizeAt(call, index + 1),
  decode(call, index, before = 0) {
    const address = word(call, index);
    if (failed(call)) return pointer(address);
    const size = Math.min(sizeAt(call, index + 1) ?? 0, before);
    return readAddress(call, address, size) ?? pointer(address);
  },
};

function sizeAt(call: Call, index: number): number | undefined {
  const address = word(call, index);
  const size = address === 0 ? undefined : readInt(call, address);
  return size as number | undefined;
}

/** A size that the call reads and replaces. */
export const sizeInOut: Decoder = {
  out: true,
  peek: sizeAt,
  decode(call, index, before) {
    const after = sizeAt(call, index);
    if (before === undefined) return pointer(word(call, index));
    if (failed(call) || after === undefined || after === before) {
      return list([before]);
    }
    return { kind: "change", before, after };
  },
};

/** The two descriptors of a pair. */
export const pair: Decoder = outDecoder((call, index) => {
  const address = word(call, index);
  const [first, second] = [
    readInt(call, address),
    readInt(call, address + 4),
  ];
  if (failed(call) || first === undefined || second === undefined) {
    return pointer(address);
  }
  return list([
    nameDescriptor(call, first as number),
    nameDescriptor(call, second as number),
  ]);
});

const SOL_SOCKET = 1;
const SO_LINGER = 13;

/** The value of an option of a socket: a number, unless it is known better. */
function optionValue(call: Call, address: number, size: number): Value {
  if (address === 0 || size < 0) return pointer(address);
  if (int(call, 1) === SOL_SOCKET && int(call, 2) === SO_LINGER && size === 8) {
    const reader = readStruct(call, address, size);
    if (reader === undefined) return pointer(address);
    return struct({ l_onoff: reader.i32(), l_linger: reader.i32() });
  }
  if (size === 4) {
    const value = readInt(call, address);
    return value === undefined ? pointer(address) : list([value]);
  }
  const bytes = call.memory.read(address, Math.min(size, call.detail.limit));
  if (bytes.length < Math.min(size, call.detail.limit)) return pointer(address);
  return { kind: "text", bytes, more: size > bytes.length };
}

/** The value of an option, which is set. */
export const optionIn: Decoder = decoder((call, index) =>
  optionValue(call, word(call, index), int(call, index + 1))
);

/** The value of an option, which is asked for. */
export const optionOut: Decoder = outDecoder((call, index) => {
  const address = word(call, index);
  const size = sizeAt(call, index + 1);
  return failed(call) || size === undefined
    ? pointer(address)
    : optionValue(call, address, size);
});

const AF_INET_FAMILIES: readonly number[] = [AF_INET, AF_INET6];

/** The protocol of a socket, which has names in some families. */
export const protocol: Decoder = decoder((call, index) => {
  const value = int(call, index);
  if (AF_INET_FAMILIES.includes(int(call, 0))) {
    return formatConstant(value, "ip_protocols", call.arch);
  }
  if (int(call, 0) === AF_NETLINK) {
    return formatConstant(value, "netlink_protocols", call.arch);
  }
  return value < 0 ? hex(value >>> 0) : value;
});
