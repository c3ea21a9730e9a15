/**
 * Waiting for descriptors: poll(2), select(2), epoll(7).
 *
 * @module
 */

import { formatConstant } from "@procctl/syscalls";
import { nameDescriptor } from "./_decode_number.ts";
import { readSignals } from "./_decode_signal.ts";
import { readTimespec, readTimespec64, readTimeval } from "./_decode_time.ts";
import { type Call, failed, int, pointer, uint, word } from "./_trace_call.ts";
import {
  at,
  type Decoder,
  decoder,
  input,
  mostItems,
  outDecoder,
  readArray,
  type ReadAt,
} from "./_trace_decoder.ts";
import { longSize, readStruct } from "./_trace_reader.ts";
import { formatValue, list, struct, type Value } from "./_trace_value.ts";

const POLLFD_SIZE = 8;

const readPollfd: ReadAt = (call, address) => {
  const reader = readStruct(call, address, POLLFD_SIZE);
  if (reader === undefined) return undefined;
  const fd = reader.i32();
  if (fd < 0) return struct({ fd });
  const events = formatConstant(reader.u16(), "poll_events", call.arch);
  return struct({ fd: nameDescriptor(call, fd), events });
};

/** The descriptors of poll(2) and ppoll(2). */
export const pollfds: Decoder = decoder((call, index) => {
  const [address, count] = [word(call, index), uint(call, index + 1)];
  return count === 0 && address !== 0
    ? list([])
    : readArray(call, address, POLLFD_SIZE, readPollfd, count, mostItems(call));
});

/** Those that are ready. */
function readyOf(call: Call): Value[] {
  const items: Value[] = [];
  const count = uint(call, 1);
  for (let i = 0; i < count && items.length < call.result; i++) {
    const reader = readStruct(call, word(call, 0) + i * POLLFD_SIZE, 8);
    if (reader === undefined) break;
    const fd = reader.i32();
    const revents = reader.skip(2).u16();
    if (fd < 0 || revents === 0) continue;
    items.push(struct({
      fd: nameDescriptor(call, fd),
      revents: formatConstant(revents, "poll_events", call.arch),
    }));
  }
  return items;
}

/** What is told of the result of poll(2). */
export function pollResult(call: Call): string | undefined {
  if (failed(call)) return undefined;
  if (call.result === 0) return "Timeout";
  const ready = formatValue(
    list(readyOf(call).slice(0, mostItems(call))),
    "escapes",
  );
  const left = call.name.startsWith("ppoll") ? timeLeft(call, 2) : undefined;
  return left === undefined ? ready : `${ready}, ${left}`;
}

/** How much of a timeout is left, where the kernel tells. */
function timeLeft(call: Call, index: number): string | undefined {
  const address = word(call, index);
  if (address === 0) return undefined;
  const read = call.name.endsWith("64")
    ? readTimespec64
    : call.name === "select" || call.name === "_newselect"
    ? readTimeval
    : readTimespec;
  const time = read(call, address);
  return time === undefined
    ? undefined
    : `left ${formatValue(time, "escapes")}`;
}

const FD_SETSIZE = 1024;

/** The descriptors of a set, up to a number of them. */
function readFdSet(call: Call, address: number): number[] | undefined {
  const count = Math.min(Math.max(int(call, 0), 0), FD_SETSIZE);
  const long = longSize(call);
  const size = Math.ceil(count / (8 * long)) * long;
  const bytes = call.memory.read(address, size);
  if (bytes.length < size) return undefined;
  return Array.from({ length: count }, (_, fd) => fd)
    .filter((fd) => bytes[fd >> 3]! >> (fd & 7) & 1);
}

function formatFds(call: Call, fds: readonly number[]): string {
  return `[${fds.map((fd) => String(nameDescriptor(call, fd))).join(" ")}]`;
}

/** A set of descriptors of select(2). */
export const fdSet: Decoder = input((call, address) => {
  const fds = readFdSet(call, address);
  return fds === undefined ? undefined : formatFds(call, fds);
});

/** What is told of the result of select(2) and pselect6(2). */
export function selectResult(call: Call): string | undefined {
  if (failed(call)) return undefined;
  if (call.result === 0) return "Timeout";
  const parts: string[] = [];
  let shown = 0;
  ["in", "out", "except"].forEach((name, index) => {
    const address = word(call, index + 1);
    const all = address === 0 ? [] : readFdSet(call, address) ?? [];
    // Of those that are the same in memory only the first can be told.
    const fds = all.slice(0, call.result - shown);
    shown += fds.length;
    if (fds.length > 0) parts.push(`${name} ${formatFds(call, fds)}`);
  });
  const left = timeLeft(call, 4);
  if (left !== undefined) parts.push(left);
  return parts.join(", ");
}

/** The signals of pselect6(2), with the size of their set. */
export const pselectSignals: Decoder = input((call, address) => {
  const reader = readStruct(call, address, 2 * longSize(call));
  if (reader === undefined) return undefined;
  const set = reader.address();
  const sigsetsize = reader.ulong();
  if (set === 0 && sigsetsize === 0) return "NULL";
  return struct({ sigmask: at(call, set, readSignals), sigsetsize });
});

const readEpollEvent: ReadAt = (call, address) => {
  // Packed on x86 alone.
  const packed = call.arch !== "aarch64";
  const reader = readStruct(call, address, packed ? 12 : 16);
  if (reader === undefined) return undefined;
  const events = formatConstant(reader.u32(), "epoll_events", call.arch);
  if (!packed) reader.skip(4);
  const start = reader.at;
  const u32 = reader.u32();
  reader.at = start;
  return struct({ events, data: struct({ u32, u64: reader.u64() }) });
};

const EPOLL_CTL_DEL = 2;

/** The event of epoll_ctl(2), which is of no use to it where it deletes. */
export const epollEvent: Decoder = decoder((call, index) => {
  const address = word(call, index);
  return int(call, 1) === EPOLL_CTL_DEL
    ? pointer(address)
    : at(call, address, readEpollEvent);
});

/** The events that epoll_wait(2) found. */
export const epollEvents: Decoder = outDecoder((call, index) => {
  const address = word(call, index);
  if (failed(call)) return pointer(address);
  const size = call.arch === "aarch64" ? 16 : 12;
  const { result } = call;
  return readArray(
    call,
    address,
    size,
    readEpollEvent,
    result,
    mostItems(call),
  );
});
