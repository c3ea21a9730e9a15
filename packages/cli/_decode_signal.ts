// deno-lint-ignore-file camelcase -- members have the names that C gives them
/**
 * Signals: their sets, actions, and what is known of one.
 *
 * @module
 */

import { type ConstantTable, formatConstant } from "@procctl/syscalls";
import { type Call, failed, hex, isWide, pointer } from "./_trace_call.ts";
import {
  type Decoder,
  decoder,
  input,
  output,
  type ReadAt,
} from "./_trace_decoder.ts";
import { longSize, Reader, readStruct } from "./_trace_reader.ts";
import { remark, type Struct, struct, type Value } from "./_trace_value.ts";

/** As many signals as there are. */
const SIGNALS = 64;
const SIGINFO_SIZE = 128;
const SA_RESTORER = 0x0400_0000n;

/** A signal by name, as in `SIGINT` and `SIGRT_3`. */
export function signalName(signal: number): string {
  return formatConstant(signal, "signals");
}

/** Signals of a set by their names, or those that are not in a large one. */
export function formatSignals(bytes: Uint8Array): string {
  // There are few that programs use, and each takes 64 names to write.
  const key = bytes.join();
  let text = sets.get(key);
  if (text === undefined) {
    text = writeSignals(bytes);
    if (sets.size === MOST_SETS) sets.clear();
    sets.set(key, text);
  }
  return text;
}

const sets = new Map<string, string>();
const MOST_SETS = 256;

function writeSignals(bytes: Uint8Array): string {
  const signals: number[] = [];
  const others: number[] = [];
  const count = Math.min(bytes.length * 8, SIGNALS);
  for (let i = 0; i < count; i++) {
    const isIn = bytes[i >> 3]! >> (i & 7) & 1;
    (isIn ? signals : others).push(i + 1);
  }
  // Sets of nearly all signals are more common than those of many.
  const inverse = signals.length >= Math.floor(count * 2 / 3);
  const names = (inverse ? others : signals).map((signal) =>
    signalName(signal).replace(/^SIG/, "")
  );
  return `${inverse ? "~" : ""}[${names.join(" ")}]`;
}

/** A set of as many signals as there are. */
export const readSignals: ReadAt = (call, address) => {
  const bytes = call.memory.read(address, SIGNALS / 8);
  return bytes.length < SIGNALS / 8 ? undefined : formatSignals(bytes);
};
export const setIn: Decoder = input(readSignals);
export const setOut: Decoder = output(readSignals);

/** The 32 signals of i386's first calls. */
const readOldSet: ReadAt = (call, address) => {
  const bytes = call.memory.read(address, 4);
  return bytes.length < 4 ? undefined : formatSignals(bytes);
};
export const oldSetIn: Decoder = input(readOldSet);
export const oldSetOut: Decoder = output(readOldSet);

const HANDLERS: ReadonlyMap<bigint, string> = new Map([
  [0n, "SIG_DFL"],
  [1n, "SIG_IGN"],
  [2n ** 64n - 1n, "SIG_ERR"],
  [2n ** 32n - 1n, "SIG_ERR"],
]);

/** What is done with a signal: a function, or one of three. */
function handler(address: number | bigint): string {
  return HANDLERS.get(BigInt(address)) ?? hex(address);
}

function formatFlags(flags: number | bigint, { arch }: Call): string {
  return formatConstant(flags, "sigaction_flags", arch);
}

const readAction: ReadAt = (call, address) => {
  const size = 3 * longSize(call) + 8;
  const reader = readStruct(call, address, size);
  if (reader === undefined) return undefined;
  const sa_handler = handler(reader.ulong());
  const flags = reader.ulong();
  const restorer = reader.ulong();
  const bytes = call.memory.read(address + reader.at, 8);
  return struct({
    sa_handler,
    sa_mask: formatSignals(bytes),
    sa_flags: formatFlags(flags, call),
    ...(BigInt(flags) & SA_RESTORER && { sa_restorer: hex(restorer) }),
  });
};
/** `struct sigaction`, as the kernel has it. */
export const actionIn: Decoder = input(readAction);
export const actionOut: Decoder = output(readAction);

/** That of i386's sigaction(2). */
const readOldAction: ReadAt = (call, address) => {
  const reader = readStruct(call, address, 16);
  if (reader === undefined) return undefined;
  const sa_handler = handler(reader.u32());
  const mask = call.memory.read(address + 4, 4);
  const flags = reader.skip(4).u32();
  return struct({
    sa_handler,
    sa_mask: formatSignals(mask),
    sa_flags: formatFlags(flags, call),
    ...(BigInt(flags) & SA_RESTORER && { sa_restorer: hex(reader.u32()) }),
  });
};
export const oldActionIn: Decoder = input(readOldAction);
export const oldActionOut: Decoder = output(readOldAction);

/** The stack on which handlers run. */
const readStack: ReadAt = (call, address) => {
  const reader = readStruct(call, address, isWide(call) ? 24 : 12);
  if (reader === undefined) return undefined;
  const ss_sp = pointer(reader.ulong());
  const ss_flags = formatConstant(reader.u32(), "sigaltstack_flags", call.arch);
  if (isWide(call)) reader.skip(4);
  return struct({ ss_sp, ss_flags, ss_size: reader.ulong() });
};
export const stackIn: Decoder = input(readStack);
export const stackOut: Decoder = output(readStack);

/** Which codes a signal has. */
const CODES: Readonly<Record<string, ConstantTable>> = {
  SIGILL: "sigill_codes",
  SIGFPE: "sigfpe_codes",
  SIGSEGV: "sigsegv_codes",
  SIGBUS: "sigbus_codes",
  SIGTRAP: "sigtrap_codes",
  SIGCHLD: "sigchld_codes",
  SIGIO: "sigpoll_codes",
  SIGSYS: "sigsys_codes",
};

const FAULTS: readonly string[] = [
  "SIGILL",
  "SIGFPE",
  "SIGSEGV",
  "SIGBUS",
  "SIGTRAP",
];

const SI_USER = 0;
const SI_KERNEL = 0x80;
const SI_TIMER = -2;
const SI_TKILL = -6;
const CLD_EXITED = 1;

/** What is known of a signal: which members there are follows from its code. */
export function siginfo(bytes: Uint8Array<ArrayBuffer>, wide = true): Struct {
  const reader = new Reader(bytes, wide);
  const signal = reader.i32();
  const errno = reader.i32();
  const code = reader.i32();
  if (wide) reader.skip(4);
  const si_signo = signalName(signal);
  if (signal === 0) return struct({});
  const fields: Record<string, Value> = {
    si_signo,
    si_code: formatConstant(code, CODES[si_signo] ?? "signal_codes"),
  };
  if (errno !== 0) fields.si_errno = errno;
  if (code === SI_USER || code === SI_TKILL) addSender(fields, reader);
  else if (code === SI_TIMER) {
    fields.si_timerid = hex(reader.u32());
    fields.si_overrun = reader.i32();
    addPayload(fields, reader);
  } else if (code < 0) {
    addSender(fields, reader);
    addPayload(fields, reader);
  } else if (code !== SI_KERNEL) {
    addDetails(fields, reader, si_signo, code);
  } else if (FAULTS.includes(si_signo)) {
    fields.si_addr = pointer(reader.ulong());
  }
  return struct(fields);
}

function addSender(fields: Record<string, Value>, reader: Reader): void {
  fields.si_pid = reader.i32();
  fields.si_uid = reader.u32();
}

function addPayload(fields: Record<string, Value>, reader: Reader): void {
  const { at } = reader;
  fields.si_int = reader.i32();
  reader.at = at;
  fields.si_ptr = pointer(reader.ulong());
  if (fields.si_int === 0 && fields.si_ptr === "NULL") {
    delete fields.si_int;
    delete fields.si_ptr;
  }
}

function addDetails(
  fields: Record<string, Value>,
  reader: Reader,
  name: string,
  code: number,
): void {
  if (name === "SIGCHLD") {
    addSender(fields, reader);
    const status = reader.i32();
    fields.si_status = code === CLD_EXITED ? status : signalName(status);
    const { at } = reader;
    reader.at = at + at % longOf(reader);
    fields.si_utime = ticks(reader.ulong());
    fields.si_stime = ticks(reader.ulong());
  } else if (FAULTS.includes(name)) {
    fields.si_addr = pointer(reader.ulong());
  } else if (name === "SIGIO") {
    fields.si_band = reader.long();
    fields.si_fd = reader.i32();
  } else if (name === "SIGSYS") {
    fields.si_call_addr = pointer(reader.ulong());
    fields.si_syscall = reader.i32();
    fields.si_arch = hex(reader.u32());
  } else addSender(fields, reader);
}

/** Hundredths of a second. */
function ticks(value: number | bigint): Value {
  if (value === 0) return value;
  return remark(value, `${(Number(value) / 100).toFixed(2)} s`);
}

function longOf(reader: Reader): number {
  return reader.wide ? 8 : 4;
}

const readSiginfo: ReadAt = (call, address) => {
  const bytes = call.memory.read(address, SIGINFO_SIZE);
  if (bytes.length < SIGINFO_SIZE) return undefined;
  return siginfo(bytes, isWide(call));
};
export const siginfoIn: Decoder = input(readSiginfo);
export const siginfoOut: Decoder = output(readSiginfo);

/** Where the mask of a signal's frame lies, from the stack pointer on. */
const MASK_OFFSETS: Readonly<Record<string, number>> = {
  // After uc_flags, uc_link, uc_stack and uc_mcontext.
  "x86_64": 8 + 8 + 24 + 256,
  // After a siginfo; uc_flags, uc_link and uc_stack.
  aarch64: SIGINFO_SIZE + 8 + 8 + 24,
};

/** The signals that are blocked after a handler returns. */
export const frameMask: Decoder = decoder((call) => {
  const offset = MASK_OFFSETS[call.arch];
  if (offset === undefined) return undefined;
  const mask = readSignals(call, Number(call.stackPointer) + offset);
  return mask === undefined || failed(call) ? "" : struct({ mask });
});
