// deno-lint-ignore-file camelcase -- members have the names that C gives them
/**
 * Messages of sockets, with what goes along with them.
 *
 * @module
 */

import { formatConstant } from "@procctl/syscalls";
import { readAddress } from "./_decode_address.ts";
import { readVector } from "./_decode_iovec.ts";
import { nameDescriptor } from "./_decode_number.ts";
import {
  type Call,
  failed,
  isWide,
  pointer,
  uint,
  word,
} from "./_trace_call.ts";
import {
  type Decoder,
  decoder,
  mostItems,
  readArray,
} from "./_trace_decoder.ts";
import { longSize, Reader, readStruct } from "./_trace_reader.ts";
import { list, type Struct, struct, type Value } from "./_trace_value.ts";

const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const SCM_CREDENTIALS = 2;
/** How much of it is read at the most. */
const MOST_CONTROL = 4096;

/** How large a `struct msghdr` is, with what fills its last word. */
function headerSize(call: Call): number {
  return 7 * longSize(call);
}

/**
 * A message.
 *
 * @param filled How many bytes of its buffers hold something.
 * @param before How long its name might have been, if the call filled it.
 */
function readMessage(
  call: Call,
  address: number,
  filled: number,
  before?: number,
): Struct | undefined {
  const reader = readStruct(call, address, headerSize(call));
  if (reader === undefined) return undefined;
  const wide = isWide(call);
  const name = reader.address();
  const size = reader.u32();
  if (wide) reader.skip(4);
  const vector = reader.address();
  const count = Number(reader.ulong());
  const control = reader.address();
  const controlSize = Number(reader.ulong());
  const flags = reader.u32();
  const received = before !== undefined;
  const shown = received ? Math.min(size, before) : size;
  const fields: Record<string, Value> = {
    msg_name: readAddress(call, name, shown) ?? pointer(name),
    msg_namelen: received && before !== size ? `${before} => ${size}` : size,
    msg_iov: readVector(call, vector, count, filled),
    msg_iovlen: count,
  };
  if (controlSize > 0) {
    fields.msg_control = readControl(call, control, controlSize) ??
      pointer(control);
  }
  fields.msg_controllen = controlSize;
  fields.msg_flags = formatConstant(flags, "message_flags", call.arch);
  return struct(fields);
}

function readControl(
  call: Call,
  address: number,
  size: number,
): Value | undefined {
  if (address === 0) return undefined;
  const bytes = call.memory.read(address, Math.min(size, MOST_CONTROL));
  const long = longSize(call);
  const header = long + 8;
  const items: Value[] = [];
  for (let at = 0; at + header <= bytes.length;) {
    const reader = new Reader(bytes.subarray(at), isWide(call));
    const length = Number(reader.ulong());
    const level = reader.i32();
    const type = reader.i32();
    if (length < header) break;
    items.push(controlItem(call, length, level, type, reader));
    at += Math.ceil(length / long) * long;
  }
  return items.length === 0 ? undefined : list(items);
}

function controlItem(
  call: Call,
  cmsg_len: number,
  level: number,
  type: number,
  reader: Reader,
): Value {
  const types = ["0", "SCM_RIGHTS", "SCM_CREDENTIALS", "SCM_SECURITY"];
  const fields: Record<string, Value> = {
    cmsg_len,
    cmsg_level: formatConstant(level, "socket_levels", call.arch),
    cmsg_type: level === SOL_SOCKET
      ? types[type] ?? `0x${(type >>> 0).toString(16)}`
      : `0x${(type >>> 0).toString(16)}`,
  };
  const size = Math.min(cmsg_len - reader.at, reader.left);
  if (level === SOL_SOCKET && type === SCM_RIGHTS) {
    const count = Math.floor(size / 4);
    fields.cmsg_data = list(
      Array.from({ length: count }, () => nameDescriptor(call, reader.i32())),
    );
  } else if (level === SOL_SOCKET && type === SCM_CREDENTIALS && size >= 12) {
    fields.cmsg_data = struct({
      pid: reader.i32(),
      uid: reader.u32(),
      gid: reader.u32(),
    });
  } else if (size > 0) {
    fields.cmsg_data = { kind: "text", bytes: reader.bytes(size), more: false };
  }
  return struct(fields);
}

/** A message that the call reads. */
export const messageIn: Decoder = decoder((call, index) => {
  const address = word(call, index);
  return readMessage(call, address, Infinity) ?? pointer(address);
});

/** A message that the call fills. */
export const messageOut: Decoder = {
  out: true,
  peek(call, index) {
    const address = word(call, index) + longSize(call);
    return readStruct(call, address, 4)?.u32();
  },
  decode(call, index, before = 0) {
    const address = word(call, index);
    if (failed(call)) return failedMessage(call, address);
    return readMessage(call, address, call.result, before) ?? pointer(address);
  },
};

/** Of a message that was not received only its name's length is told. */
function failedMessage(call: Call, address: number): Value {
  const size = readStruct(call, address + longSize(call), 4)?.u32();
  return size === undefined ? pointer(address) : struct({ msg_namelen: size });
}

/** An array of messages; the next argument is how many. */
function messages(received: boolean): Decoder {
  return {
    out: received,
    decode(call, index) {
      const address = word(call, index);
      if (received && failed(call)) return pointer(address);
      const count = received ? call.result : uint(call, index + 1);
      const size = headerSize(call) + longSize(call);
      const read = (call: Call, at: number) => {
        const length = readStruct(call, at + headerSize(call), 4)?.u32();
        if (length === undefined) return undefined;
        const filled = received ? length : Infinity;
        const msg_hdr = readMessage(call, at, filled);
        if (msg_hdr === undefined) return undefined;
        return received
          ? struct({ msg_hdr, msg_len: length })
          : struct({ msg_hdr });
      };
      return readArray(call, address, size, read, count, mostItems(call));
    },
  };
}
export const messagesIn: Decoder = messages(false);
export const messagesOut: Decoder = messages(true);
