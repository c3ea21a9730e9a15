/**
 * How much room a new program has for its arguments and its environment.
 *
 * @module
 */

import { ArgumentArea, toStackSizes } from "./_argument_area.ts";
import { cStringLength, mapStrings } from "./_bytes.ts";
import { entryLengths } from "./_environment.ts";
import type { Environment } from "./environment.ts";
import type { Interpreter } from "./interpreter_argv.ts";

/** One of the strings that a new program is given. */
export interface ArgumentString {
  /** What it is. */
  kind: "path" | "argument" | "variable";
  /** Which of the arguments or variables, from 0; 0 for the path. */
  index: number;
  /** How many bytes it has with the NUL at its end. */
  bytes: number;
}

/**
 * The room that a new program has for its strings and the pointers to them, in
 * bytes, and what of it they take.
 */
export interface ArgumentSpace {
  /** What all may have together: a quarter of the stack, but 128 KiB to 6 MiB. */
  limit: number;
  /** What they have, at the time when it is most. */
  used: number;
  /** What is left of the limit; negative if it does not do. */
  free: number;
  /** Whether execve(2) gets past this; if not it fails with E2BIG. */
  fits: boolean;
  /**
   * What does not fit, if something does not:
   *
   * - `string`: the largest string alone, which may have 32 pages.
   * - `total`: all together.
   * - `stack`: all together, as the limit of the stack is so small that it has
   *   fewer pages than the limit above.
   */
  overflow?: "string" | "total" | "stack";
  /** The largest string: the one at fault if it does not fit. */
  largest: ArgumentString;
  /**
   * Whether the new program is likely to be killed by SIGSEGV before it runs, as
   * its stack may not grow far beyond what its strings take of it.
   */
  risky: boolean;
}

/** Options of {@linkcode argumentSpace}. */
export interface ArgumentSpaceOptions {
  /**
   * The soft limit RLIMIT_STACK of the caller, in bytes; Infinity for none.
   *
   * @default {8388608}
   */
  stackLimit?: number;
  /**
   * The size of a page, in bytes.
   *
   * @default {4096}
   */
  pageSize?: number;
  /**
   * The interpreters that take the place of a script, in the order in which the
   * kernel finds them, as {@linkcode resolveInterpreters} returns them.
   *
   * @default {[]}
   */
  chain?: readonly Interpreter[];
}

const ACTION = "measure the argument space";

/**
 * Measures the room that execve(2) has for what a new program is given, before
 * it is executed.
 *
 * The rules are those of Linux 4.13 and later for a caller of 64 bits. A string
 * counts with the NUL at its end, and takes a pointer of 8 bytes; the path that
 * is executed counts as a string, and the pointers at the ends of the lists do
 * not count. Bytes count, not characters. Each interpreter of a chain adds its
 * own strings, without pointers, and takes the first argument away.
 *
 * `sysconf(_SC_ARG_MAX)` and `getconf ARG_MAX` tell the limit, but not that one
 * string may have 32 pages at most, 128 KiB where a page has 4 KiB.
 *
 * @param path The path that is executed.
 * @param argv The arguments, the program's own name first.
 * @param env The environment.
 * @param options The limits of the system, and the interpreters.
 * @returns The room, and what is taken of it.
 * @throws {TypeError} If a string cannot be handed to a program.
 * @throws {RangeError} If a size of the options is none.
 *
 * @example Usage
 * ```ts
 * import { argumentSpace } from "@procctl/shebang";
 *
 * const names = Array.from({ length: 200_000 }, (_, index) => `file${index}.ts`);
 * const space = argumentSpace("/bin/cat", ["cat", ...names], {});
 * console.log(space.limit, space.fits, space.overflow); // prints: 2097152 false total
 * ```
 *
 * @example Which string is at fault
 * ```ts
 * import { argumentSpace } from "@procctl/shebang";
 *
 * const env = { LONG: "x".repeat(140_000), PATH: "/bin" };
 * const { overflow, largest } = argumentSpace("/bin/true", ["true"], env);
 * console.log(overflow, largest.kind, largest.index); // prints: string variable 0
 * ```
 */
export function argumentSpace(
  path: Uint8Array | string,
  argv: readonly (Uint8Array | string)[],
  env: Environment,
  options: ArgumentSpaceOptions = {},
): ArgumentSpace {
  const { chain = [] } = options;
  const executed = cStringLength(path, ACTION, "path");
  const area = new ArgumentArea(
    executed,
    mapStrings(argv, cStringLength, ACTION, "argv"),
    entryLengths(env, ACTION),
    toStackSizes(options, ACTION),
  );
  let script = executed;
  chain.forEach(({ interpreter, args = [] }, index) => {
    const name = `chain[${index}]`;
    const next = cStringLength(interpreter, ACTION, `${name}.interpreter`);
    const passed = mapStrings(args, cStringLength, ACTION, `${name}.args`);
    area.rewrite(next, passed, script);
    script = next;
  });
  return spaceOf(area);
}

function spaceOf(area: ArgumentArea): ArgumentSpace {
  const { limit, used, overflow, largest, risky } = area;
  return {
    limit,
    used,
    free: limit - used,
    fits: overflow === undefined,
    ...(overflow === undefined ? {} : { overflow }),
    largest,
    risky,
  };
}
