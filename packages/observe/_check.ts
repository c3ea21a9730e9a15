import { pageSize } from "@procctl/libc";
import type { RingOptions } from "./options.ts";

const MEBIBYTE = 2 ** 20;
const LARGEST = 2 ** 30;

/** The options, with what was not given chosen. */
export interface CheckedOptions {
  ringSize: number;
  maxRingSize: number;
  latency: number;
  /** Whether a smaller ring will do where memory may not be locked. */
  isSizeChosen: boolean;
}

/** The options, of which any may be undefined. */
type GivenOptions = { [K in keyof RingOptions]: RingOptions[K] | undefined };

/** Checks the options, before any system call that changes something. */
export function checkOptions(
  { ringSize, maxRingSize, latency = 50 }: GivenOptions,
  cpus: number,
): CheckedOptions {
  checkSize(ringSize, "ringSize");
  checkSize(maxRingSize, "maxRingSize");
  if (typeof latency !== "number" || !(latency >= 1 && latency <= 60_000)) {
    throw new RangeError(
      `Cannot observe with a latency of ${latency}: expected 1 to 60000 milliseconds`,
    );
  }
  const cpuShare = (total: number, most: number) =>
    Math.min(most, Math.max(0.25, total / powerOfTwo(cpus))) * MEBIBYTE;
  const first = ringSize ??
    Math.min(cpuShare(128, 64), maxRingSize ?? Infinity);
  const most = maxRingSize ?? ringSize ?? cpuShare(512, 128);
  if (most < first) {
    throw new RangeError(
      `Cannot observe with rings of ${first} bytes: maxRingSize is ${most}`,
    );
  }
  const isSizeChosen = ringSize === undefined;
  return { ringSize: first, maxRingSize: most, latency, isSizeChosen };
}

function checkSize(size: number | undefined, name: string): void {
  if (size === undefined) return;
  const isPower = Number.isInteger(size) && Number.isInteger(Math.log2(size));
  if (!isPower || size < pageSize() || size > LARGEST) {
    throw new RangeError(
      `Cannot observe with a ${name} of ${size}: expected a power of two from ${pageSize()} to ${LARGEST}`,
    );
  }
}

/** The next one that is no less. */
function powerOfTwo(number: number): number {
  return 2 ** Math.ceil(Math.log2(number));
}
