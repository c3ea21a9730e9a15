import type { ArgumentString } from "./argument_space.ts";

/** What the kernel lets a new program's strings have at most. */
const LARGEST_LIMIT = 6 * 1024 * 1024;
/** What it lets them have at least, ARG_MAX. */
const SMALLEST_LIMIT = 131072;
/** How many pages one string may have. */
const STRING_PAGES = 32;
const POINTER = 8;

/** The system that execve(2) is called on. */
export interface StackSizes {
  /** The soft limit RLIMIT_STACK, in bytes. */
  stackLimit: number;
  /** The size of a page, in bytes. */
  pageSize: number;
}

export const DEFAULT_SIZES: StackSizes = {
  stackLimit: 8 * 1024 * 1024,
  pageSize: 4096,
};

/** Checks what a caller gives in place of the defaults. */
export function toStackSizes(
  { stackLimit = DEFAULT_SIZES.stackLimit, pageSize = DEFAULT_SIZES.pageSize }:
    Partial<StackSizes>,
  action: string,
): StackSizes {
  const isSize = (value: number) => Number.isInteger(value) && value >= 0;
  if (!isSize(stackLimit) && stackLimit !== Infinity) {
    throw new RangeError(
      `Cannot ${action}: stackLimit is ${stackLimit}, ` +
        "expected a number of bytes or Infinity",
    );
  }
  if (!isSize(pageSize) || pageSize < 4096 || !isPowerOf2(pageSize)) {
    throw new RangeError(
      `Cannot ${action}: pageSize is ${pageSize}, ` +
        "expected a power of two, 4096 or more",
    );
  }
  return { stackLimit, pageSize };
}

function isPowerOf2(value: number): boolean {
  return Number.isInteger(Math.log2(value));
}

/** What makes a new program's strings too many. */
export type Overflow = "string" | "total" | "stack";

/**
 * The memory that the kernel fills with a new program's strings: its path, its
 * environment and its arguments, each with the NUL at its end.
 *
 * The pointers to them are counted once, before the first string is copied, and
 * not again when a script's interpreter brings more.
 */
export class ArgumentArea {
  /** What strings and pointers may have together. */
  readonly limit: number;
  /** What the pointers have. */
  readonly pointers: number;
  /** The largest string. */
  readonly largest: ArgumentString;
  /** What the strings have now, and had at most. */
  #total: number;
  #peak: number;
  #firstArgument: number;
  readonly #sizes: StackSizes;

  /**
   * @param path The length of the path, in bytes without the NUL.
   * @param argv Those of the arguments.
   * @param env Those of the environment's entries.
   */
  constructor(
    path: number,
    argv: readonly number[],
    env: readonly number[],
    sizes: StackSizes,
  ) {
    const quarter = Math.floor(sizes.stackLimit / 4);
    this.limit = Math.max(Math.min(quarter, LARGEST_LIMIT), SMALLEST_LIMIT);
    // Without arguments the kernel makes one, the empty string.
    const args = argv.length === 0 ? [0] : argv;
    this.pointers = POINTER * (args.length + env.length);
    this.#total = sizeOf([path]) + sizeOf(args) + sizeOf(env);
    this.#peak = this.#total;
    this.#firstArgument = args[0]! + 1;
    this.#sizes = sizes;
    this.largest = largestOf(path, argv, env);
  }

  /** How much of the limit was used at most. */
  get used(): number {
    return this.pointers + this.#peak;
  }

  /** Whether the strings did not fit, and why. */
  get overflow(): Overflow | undefined {
    if (this.largest.bytes > STRING_PAGES * this.#sizes.pageSize) {
      return "string";
    }
    if (this.used > this.limit) return "total";
    return this.#peak + POINTER > this.stack ? "stack" : undefined;
  }

  /** Whether the new program is likely to die of a stack that is too small. */
  get risky(): boolean {
    return this.#sizes.stackLimit < this.used + 16 * 1024;
  }

  /** What the pages hold that the stack may have; there is always one. */
  get stack(): number {
    const { stackLimit, pageSize } = this.#sizes;
    return Math.max(Math.floor(stackLimit / pageSize), 1) * pageSize;
  }

  /**
   * Puts an interpreter, what it is passed and the script in the place of the
   * first argument; of each it takes the length.
   */
  rewrite(interpreter: number, args: readonly number[], script: number): void {
    this.#total += sizeOf([interpreter, ...args, script]) - this.#firstArgument;
    this.#peak = Math.max(this.#peak, this.#total);
    this.#firstArgument = interpreter + 1;
  }
}

/** The length of each string, in bytes. */
export function lengthsOf(strings: readonly Uint8Array[]): number[] {
  return strings.map(({ length }) => length);
}

function sizeOf(lengths: readonly number[]): number {
  return lengths.reduce((sum, length) => sum + length + 1, 0);
}

function largestOf(
  path: number,
  argv: readonly number[],
  env: readonly number[],
): ArgumentString {
  let largest: ArgumentString = { kind: "path", index: 0, bytes: path + 1 };
  const compare = (kind: "argument" | "variable", list: readonly number[]) =>
    list.forEach((length, index) => {
      if (length + 1 > largest.bytes) {
        largest = { kind, index, bytes: length + 1 };
      }
    });
  compare("argument", argv);
  compare("variable", env);
  return largest;
}
