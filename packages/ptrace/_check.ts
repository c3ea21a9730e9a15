import { type Signal, signalNumber } from "@procctl/libc";

/** A whole number, or an exact one: what addresses and words are given as. */
export type Word = number | bigint;

/**
 * Checks a task's number.
 *
 * @throws {RangeError} If no task can have it.
 */
export function checkTid(tid: number): void {
  if ((tid | 0) === tid && tid > 0) return;
  throw new RangeError(
    `Cannot use ${tid} as the number of a task: expected an integer from 1 to 2^31 - 1`,
  );
}

/**
 * Checks an integer without a sign.
 *
 * @throws {RangeError} If it is not from 0 to max.
 */
export function checkInteger(value: number, name: string, max: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new RangeError(
    `Cannot use ${value} as ${name}: expected an integer from 0 to ${max}`,
  );
}

/** Checks a number of 32 bits without a sign. */
export function checkUint32(value: number, name: string): number {
  return checkInteger(value, name, 2 ** 32 - 1);
}

const LARGEST = 2n ** 64n - 1n;
const SMALLEST = -(2n ** 63n);

/** An integer that is exact, of either type; undefined for any other number. */
function toExact(value: Word, name: string): bigint | undefined {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") {
    return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  }
  // BigInt() would take text, and more, and fail with a SyntaxError.
  throw new TypeError(
    `Cannot use a value of type ${typeof value} as ${name}: expected a number or a bigint`,
  );
}

/**
 * An address, or an offset, as C takes it.
 *
 * @throws {TypeError} If it is neither a number nor a bigint.
 * @throws {RangeError} If it is not from 0 to 2^64 - 1, or a number that is not
 * exact.
 */
export function toAddress(value: Word, name = "address"): bigint {
  const address = toExact(value, name);
  if (address !== undefined && address >= 0n && address <= LARGEST) {
    return address;
  }
  throw new RangeError(
    `Cannot use ${value} as ${name}: expected an integer from 0 to 2^64 - 1`,
  );
}

/**
 * A word of 64 bits, with or without a sign.
 *
 * @throws {TypeError} If it is neither a number nor a bigint.
 * @throws {RangeError} If it has more bits, or is a number that is not exact.
 */
export function toWord(value: Word, name: string): bigint {
  const word = toExact(value, name);
  if (word !== undefined && word >= SMALLEST && word <= LARGEST) {
    return BigInt.asUintN(64, word);
  }
  throw new RangeError(
    `Cannot use ${value} as ${name}: expected an integer of 64 bits`,
  );
}

/**
 * A signal as C takes it.
 *
 * @throws {TypeError} If there is none of that name.
 * @throws {RangeError} If it is not from 0, which is none, to 64.
 */
export function toSignal(signal: number | Signal): bigint {
  if (signal === 0) return 0n;
  const number = typeof signal === "number" ? signal : signalNumber(signal);
  return BigInt(checkInteger(number, "a signal", 64));
}

/**
 * Checks that a buffer has room for what C reads from it, or writes to it.
 *
 * @throws {TypeError} If it is no `Uint8Array`.
 * @throws {RangeError} If it is too short.
 */
export function checkBuffer(
  bytes: Uint8Array,
  name: string,
  size: number,
): void {
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(`Cannot use ${name}: it is not a Uint8Array`);
  }
  if (bytes.length < size) {
    throw new RangeError(
      `Cannot use ${bytes.length} bytes as ${name}: expected ${size}`,
    );
  }
}
