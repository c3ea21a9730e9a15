/**
 * What {@linkcode run} and {@linkcode runSync} have in common.
 */

import { encodePath, type PathLike } from "@procctl/libc";
import { checkInteger } from "./_check.ts";
import { RunError } from "./run_error.ts";
import type { Completed, RunOptions } from "./run_options.ts";
import type { SpawnOptions } from "./spawn_options.ts";

const GRACE = 1000;
const MAX_OUTPUT = 16 * 2 ** 20;
/** What a timer of Deno's can hold, and poll(2). */
const MAX_TIME = 2 ** 31 - 1;

/** Options that were checked. */
export interface EncodedRunOptions {
  /** How the child is started. */
  spawn: SpawnOptions;
  /** What it reads. */
  input: Uint8Array | undefined;
  /** The milliseconds that it has; undefined for any. */
  timeout: number | undefined;
  /** The milliseconds that it has after SIGTERM. */
  grace: number;
  /** The bytes of each stream that are kept. */
  maxOutput: number;
}

/**
 * Checks options, and fills in what is not given.
 *
 * The child leads a group of its own, so that all of it can be ended. Ctrl-C at
 * the terminal does not reach that group: it ends with this program instead.
 */
export function encodeRunOptions(options: RunOptions): EncodedRunOptions {
  const {
    input,
    timeout,
    grace = GRACE,
    maxOutput = MAX_OUTPUT,
    check: _,
    ...rest
  } = options;
  if (input !== undefined && (options.stdin ?? "piped") !== "piped") {
    throw new TypeError("Cannot give both input and stdin");
  }
  if (options.stdin === "piped" && input === undefined) {
    throw new TypeError('Cannot use "piped" as stdin without input');
  }
  const group = rest.session ? {} : { processGroup: 0 };
  return {
    spawn: {
      ...group,
      deathSignal: "SIGTERM",
      stdout: "piped",
      stderr: "piped",
      ...rest,
      stdin: input === undefined ? options.stdin ?? "null" : "piped",
    },
    input: encodeInput(input),
    timeout: timeout === undefined
      ? undefined
      : checkInteger(timeout, "timeout", 0, MAX_TIME),
    grace: checkInteger(grace, "grace", 0, MAX_TIME),
    maxOutput: checkInteger(maxOutput, "maxOutput", 0, 2 ** 32),
  };
}

function encodeInput(
  input: RunOptions["input"],
): Uint8Array | undefined {
  if (typeof input === "string") return new TextEncoder().encode(input);
  if (input === undefined || input instanceof Uint8Array) return input;
  throw new TypeError(
    `Cannot use ${typeof input} as input: expected a string or Uint8Array`,
  );
}

/** Throws, if it was asked for and there is reason to. */
export function checked(
  command: PathLike,
  options: RunOptions,
  completed: Completed,
): Completed {
  const { success, timedOut, truncated } = completed;
  if (!options.check || (success && !timedOut && !truncated)) return completed;
  const name = new TextDecoder().decode(encodePath(command));
  throw new RunError(name, completed);
}
