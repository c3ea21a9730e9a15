/**
 * What {@linkcode run} and {@linkcode runSync} have in common.
 */

import { encodePath, type PathLike } from "@procctl/libc";
import { checkInteger } from "./_check.ts";
import { RunError } from "./run_error.ts";
import type { Completed, RunOptions, RunSyncOptions } from "./run_options.ts";
import type { SpawnOptions } from "./spawn_options.ts";

const GRACE = 1000;
const MAX_OUTPUT = 16 * 2 ** 20;
/** What a timer of Deno's can hold, and poll(2). */
const MAX_TIME = 2 ** 31 - 1;

/** Options that were checked, but for those of spawn() itself. */
export interface EncodedRunOptions {
  /** How the child is started. */
  spawn: SpawnOptions;
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
export function encodeRunOptions(
  options: RunOptions | RunSyncOptions,
): EncodedRunOptions {
  const { timeout, grace = GRACE, maxOutput = MAX_OUTPUT } = options;
  return {
    spawn: encodeSpawnOptions(options),
    timeout: timeout === undefined
      ? undefined
      : checkInteger(timeout, "timeout", 0, MAX_TIME),
    grace: checkInteger(grace, "grace", 0, MAX_TIME),
    maxOutput: checkInteger(maxOutput, "maxOutput", 0, 2 ** 32),
  };
}

function encodeSpawnOptions(options: RunOptions): SpawnOptions {
  const { input, stdin, stdout, stderr, deathSignal, ...others } = options;
  const {
    signal: _,
    timeout: _t,
    grace: _g,
    maxOutput: _m,
    check: _c,
    ...rest
  } = others;
  if (input !== undefined && (stdin ?? "piped") !== "piped") {
    throw new TypeError("Cannot give both input and stdin");
  }
  if (stdin === "piped" && input === undefined) {
    throw new TypeError('Cannot use "piped" as stdin without input');
  }
  for (const [fd, stdio] of Object.entries(options.fds ?? {})) {
    if (stdio !== "piped") continue;
    throw new TypeError(
      `Cannot use "piped" as fds[${fd}]: nobody would read it, use spawn()`,
    );
  }
  if ((options as SpawnOptions).processGroup !== undefined) {
    throw new TypeError(
      "Cannot set processGroup: it leads one, so that all of it can be ended",
    );
  }
  const group = rest.session ? {} : { processGroup: 0 };
  return {
    ...rest,
    ...group,
    deathSignal: deathSignal ?? "SIGTERM",
    stdin: input === undefined ? stdin ?? "null" : "piped",
    stdout: stdout ?? "piped",
    stderr: stderr ?? "piped",
  };
}

/** @param expected What it may be, for errors. */
export function encodeInput(
  input: unknown,
  expected: string,
): Uint8Array<ArrayBuffer> | undefined {
  if (input === undefined) return undefined;
  if (typeof input === "string") return new TextEncoder().encode(input);
  if (input instanceof Uint8Array) return input as Uint8Array<ArrayBuffer>;
  throw new TypeError(
    `Cannot use ${typeof input} as input: expected ${expected}`,
  );
}

/** Throws, if it was asked for and there is reason to. */
export function checked(
  command: PathLike,
  options: RunOptions | RunSyncOptions,
  completed: Completed,
): Completed {
  const { success, timedOut, truncated } = completed;
  if (!options.check || (success && !timedOut && !truncated)) return completed;
  const name = new TextDecoder().decode(encodePath(command));
  throw new RunError(name, completed);
}
