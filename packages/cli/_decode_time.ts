// deno-lint-ignore-file camelcase -- members have the names that C gives them
/**
 * Times: timespec, timeval, timers.
 *
 * @module
 */

import { type Call, pointer, word } from "./_trace_call.ts";
import {
  type Decoder,
  input,
  outDecoder,
  output,
  type ReadAt,
  single,
} from "./_trace_decoder.ts";
import { longSize, type Reader, readStruct } from "./_trace_reader.ts";
import {
  list,
  remark,
  type Struct,
  struct,
  type Value,
} from "./_trace_value.ts";

const UTIME_NOW = 0x3fffffff;
const UTIME_OMIT = 0x3ffffffe;

/** How long the numbers of a time are: `long`, or 64 bits on all machines. */
type Width = "long" | "64";

function parts(reader: Reader, width: Width): [Value, Value] {
  return width === "64"
    ? [reader.i64(), reader.i64()]
    : [reader.long(), reader.long()];
}

/** The rest of a structure that holds a timespec. */
function timespecOf(reader: Reader, width: Width = "long"): Struct {
  const [tv_sec, tv_nsec] = parts(reader, width);
  return struct({ tv_sec, tv_nsec });
}

/** The rest of a structure that holds a timeval. */
export function timevalOf(reader: Reader): Struct {
  const [tv_sec, tv_usec] = parts(reader, "long");
  return struct({ tv_sec, tv_usec });
}

function reading(
  size: (call: Call) => number,
  make: (reader: Reader) => Value,
): ReadAt {
  return (call, address) => {
    const reader = readStruct(call, address, size(call));
    return reader === undefined ? undefined : make(reader);
  };
}

const twoLongs = (call: Call) => 2 * longSize(call);
const fourLongs = (call: Call) => 4 * longSize(call);

/** A timespec. */
export const readTimespec: ReadAt = reading(twoLongs, (it) => timespecOf(it));
/** A timespec of 64 bits, on 32-bit machines too. */
export const readTimespec64: ReadAt = reading(
  () => 16,
  (it) => timespecOf(it, "64"),
);
/** A timeval. */
export const readTimeval: ReadAt = reading(twoLongs, timevalOf);

const readTimezone: ReadAt = reading(
  () => 8,
  (reader) =>
    struct({ tz_minuteswest: reader.i32(), tz_dsttime: reader.i32() }),
);

const readItimerval: ReadAt = reading(
  fourLongs,
  (reader) =>
    struct({ it_interval: timevalOf(reader), it_value: timevalOf(reader) }),
);

const readItimerspec: ReadAt = reading(
  fourLongs,
  (reader) =>
    struct({ it_interval: timespecOf(reader), it_value: timespecOf(reader) }),
);

const readItimerspec64: ReadAt = reading(() => 32, (reader) =>
  struct({
    it_interval: timespecOf(reader, "64"),
    it_value: timespecOf(reader, "64"),
  }));

/** The times of utimensat(2), of which each can be a wish instead. */
function readFileTimes(width: Width): ReadAt {
  return (call, address) => {
    const size = width === "64" ? 32 : fourLongs(call);
    const reader = readStruct(call, address, size);
    if (reader === undefined) return undefined;
    return list([fileTime(reader, width), fileTime(reader, width)]);
  };
}

function fileTime(reader: Reader, width: Width): Value {
  const [tv_sec, tv_nsec] = parts(reader, width);
  if (tv_nsec === UTIME_NOW) return "UTIME_NOW";
  if (tv_nsec === UTIME_OMIT) return "UTIME_OMIT";
  return dated(struct({ tv_sec, tv_nsec }), tv_sec, Number(tv_nsec), 9);
}

const readTwoTimevals: ReadAt = reading(fourLongs, (reader) => {
  const time = () => {
    const [tv_sec, tv_usec] = parts(reader, "long");
    return dated(struct({ tv_sec, tv_usec }), tv_sec, Number(tv_usec), 6);
  };
  return list([time(), time()]);
});

const readUtimbuf: ReadAt = reading(twoLongs, (reader) => {
  const [actime, modtime] = parts(reader, "long");
  return struct({
    actime: dated(actime, actime),
    modtime: dated(modtime, modtime),
  });
});

/** Adds the date to a time in seconds since 1970, unless that is 0. */
export function dated(
  value: Value,
  seconds: Value,
  fraction = 0,
  digits = 9,
): Value {
  const date = formatDate(Number(seconds), fraction, digits);
  return date === undefined ? value : remark(value, date);
}

/** A time as a date here, such as `2026-11-27T22:09:58+0000`. */
export function formatDate(
  seconds: number,
  fraction = 0,
  digits = 9,
): string | undefined {
  if (seconds === 0 && fraction === 0) return undefined;
  if (fraction < 0 || fraction >= 10 ** digits) return undefined;
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return undefined;
  const offset = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + offset * 60_000).toISOString();
  const [day, time] = local.split("T") as [string, string];
  const part = fraction === 0
    ? ""
    : `.${String(fraction).padStart(digits, "0")}`;
  const two = (value: number) => String(value).padStart(2, "0");
  const zone = Math.abs(offset);
  const sign = offset < 0 ? "-" : "+";
  return `${day}T${time.slice(0, 8)}${part}${sign}${
    two(Math.floor(zone / 60))
  }${two(zone % 60)}`;
}

const readTime: ReadAt = (call, address) => {
  const seconds = readStruct(call, address, longSize(call))?.long();
  return seconds === undefined ? undefined : dated(seconds, seconds);
};

/** The rest of a sleep: filled only if a signal ended it. */
function remainder(read: ReadAt): Decoder {
  return outDecoder((call, index) => {
    const address = word(call, index);
    const EINTR = -4;
    const ERESTART_RESTARTBLOCK = -516;
    const ended = call.result === EINTR ||
      call.result === ERESTART_RESTARTBLOCK;
    if (address === 0 || !ended) return pointer(address);
    return read(call, address) ?? pointer(address);
  });
}

export const timespecIn: Decoder = input(readTimespec);
export const timespecOut: Decoder = output(readTimespec);
export const timespec64In: Decoder = input(readTimespec64);
export const timespec64Out: Decoder = output(readTimespec64);
export const timespecLeft: Decoder = remainder(readTimespec);
export const timespec64Left: Decoder = remainder(readTimespec64);
export const timevalIn: Decoder = input(readTimeval);
export const timevalOut: Decoder = output(readTimeval);
export const timezoneIn: Decoder = input(readTimezone);
export const timezoneOut: Decoder = output(readTimezone);
export const itimervalIn: Decoder = input(readItimerval);
export const itimervalOut: Decoder = output(readItimerval);
export const itimerspecIn: Decoder = input(readItimerspec);
export const itimerspecOut: Decoder = output(readItimerspec);
export const itimerspec64In: Decoder = input(readItimerspec64);
export const itimerspec64Out: Decoder = output(readItimerspec64);
export const fileTimes: Decoder = input(readFileTimes("long"));
export const fileTimes64: Decoder = input(readFileTimes("64"));
export const twoTimevals: Decoder = input(readTwoTimevals);
export const utimbuf: Decoder = input(readUtimbuf);
export const timeOut: Decoder = output(single(readTime));

/** times(2). */
export const tms: Decoder = output(reading(fourLongs, (reader) =>
  struct({
    tms_utime: reader.long(),
    tms_stime: reader.long(),
    tms_cutime: reader.long(),
    tms_cstime: reader.long(),
  })));
