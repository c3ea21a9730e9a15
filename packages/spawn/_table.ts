/**
 * The table of system calls that the stub walks, in the form that it reads.
 *
 *     program:  0  where it stopped: the address of a call, or 0
 *               8  not used
 *              16  the calls, and after them the number -1
 *     call:     0  the system call's number
 *               8  its six arguments
 *              56  the least result that is a success
 *              64  how much above that one may be
 *              72  the address of its skips, or 0: by errno, how many calls on
 *              80  the address that the result is written to, beside the next
 *              88  the result
 *
 * @module
 */

import { type Arena, readMemory, writeMemory } from "@procctl/libc";
import { arch } from "@procctl/libc/library";
import { syscallNumber } from "@procctl/syscalls/names";
import type { Call, CallArgument } from "./_step.ts";

const HEADER_SIZE = 16;
const CALL_SIZE = 96;
const ARGUMENTS = 8;
const LEAST = 56;
const SPAN = 64;
const SKIPS = 72;
const RESULT_TO = 80;
const RESULT = 88;

/** One byte for each errno that the stub looks up. */
const SKIPS_SIZE = 256;
const IGNORED = new Uint8Array(SKIPS_SIZE).fill(1);

/** The largest result of a call that returns a number, not an address. */
const MOST = 2n ** 63n - 1n;

/** A table in memory. */
export interface Table {
  /** Where it begins. */
  readonly address: bigint;
  /** Where the child stopped; undefined if it executed its program. */
  stop(): Stop | undefined;
}

/** Where a child stopped. */
export interface Stop {
  /** The index of the call; after the last one, the number of calls. */
  readonly index: number;
  /** What each call returned; 0 for those that were not made. */
  readonly results: readonly number[];
}

/** Puts a table into an arena, with all that its calls are given. */
export function layOut(arena: Arena, calls: readonly Call[]): Table {
  const size = HEADER_SIZE + CALL_SIZE * calls.length + 8;
  const address = arena.allocate(size);
  const image = new DataView(new ArrayBuffer(size));
  const offsetOf = (index: number) => HEADER_SIZE + CALL_SIZE * index;
  const addressOf = (index: number, field: number) =>
    address + BigInt(offsetOf(index) + field);
  const skips = new Map<Call["onError"], bigint>([[undefined, 0n]]);

  calls.forEach((call, index) => {
    checkBounds(call, index, calls.length);
    const set = (field: number, value: bigint) =>
      image.setBigInt64(offsetOf(index) + field, value, true);
    const place = (argument: CallArgument): bigint => {
      if (typeof argument === "number") return BigInt(argument);
      if (typeof argument === "bigint") return argument;
      if (typeof argument === "function") return argument(arena);
      if (argument instanceof Uint8Array) return arena.bytes(argument);
      return addressOf(index - argument.resultBack, RESULT);
    };
    const { expected, onError, resultTo } = call;
    set(0, BigInt(systemCallNumber(call.syscall)));
    call.arguments.forEach((argument, n) =>
      set(ARGUMENTS + 8 * n, place(argument))
    );
    const least = BigInt(expected?.least ?? 0);
    set(LEAST, least);
    set(SPAN, expected ? BigInt(expected.most) - least : MOST);
    if (!skips.has(onError)) skips.set(onError, arena.bytes(skipsOf(onError)));
    set(SKIPS, skips.get(onError)!);
    set(
      RESULT_TO,
      resultTo === undefined ? addressOf(index, RESULT) : addressOf(
        index + resultTo.callsOn,
        ARGUMENTS + 8 * resultTo.argument,
      ),
    );
  });
  image.setBigInt64(size - 8, -1n, true);
  writeMemory(address, new Uint8Array(image.buffer));
  return { address, stop: () => readStop(address, calls.length) };
}

/** Refuses what would lead the stub out of its table. */
function checkBounds(
  { syscall, arguments: args, onError, resultTo }: Call,
  index: number,
  count: number,
): void {
  const refuse = (what: string) => {
    throw new RangeError(`Cannot use a call of ${syscall}: ${what}`);
  };
  if (args.length > 6) refuse("it has more than six arguments");
  const skips = onError instanceof Map ? [...onError.values()] : [];
  if (skips.some((callsOn) => callsOn < 1 || index + callsOn > count)) {
    refuse("it goes on behind the last call, or back");
  }
  if (resultTo !== undefined) {
    const { callsOn, argument } = resultTo;
    const isCall = callsOn >= 1 && index + callsOn < count;
    if (!isCall || !(argument >= 0 && argument < 6)) {
      refuse("its result goes to no later call's argument");
    }
  }
  for (const argument of args) {
    if (typeof argument !== "object" || argument instanceof Uint8Array) {
      continue;
    }
    const { resultBack } = argument;
    if (!(resultBack >= 0 && resultBack <= index)) {
      refuse("it is given the result of no call before");
    }
  }
}

function readStop(address: bigint, count: number): Stop | undefined {
  const size = HEADER_SIZE + CALL_SIZE * count;
  const image = new DataView(readMemory(address, size).buffer);
  const stoppedAt = image.getBigUint64(0, true);
  if (stoppedAt === 0n) return undefined;
  const results = Array.from(
    { length: count },
    (_, index) =>
      Number(
        image.getBigInt64(HEADER_SIZE + CALL_SIZE * index + RESULT, true),
      ),
  );
  const offset = Number(stoppedAt - address) - HEADER_SIZE;
  return { index: offset / CALL_SIZE, results };
}

function skipsOf(onError: Call["onError"]): Uint8Array {
  if (onError === undefined || onError === "ignored") return IGNORED;
  const skips = new Uint8Array(SKIPS_SIZE);
  for (const [errno, callsOn] of onError) skips[errno] = callsOn;
  return skips;
}

/**
 * The number of a system call on this architecture.
 *
 * @throws {TypeError} If there is none.
 */
export function systemCallNumber(name: string): number {
  const number = syscallNumber(name, arch());
  if (number !== undefined) return number;
  throw new TypeError(`Cannot call "${name}": there is no such system call`);
}
