/**
 * What {@linkcode run} and {@linkcode runSync} take and give.
 *
 * @module
 */

import type { SpawnOptions } from "./spawn_options.ts";
import type { Status } from "./status.ts";

/** How a program is run to its end while this thread stands still. */
export interface RunSyncOptions
  extends Omit<SpawnOptions, "processGroup" | "signal"> {
  /**
   * What it reads from its standard input. `stdin` is `"piped"` then.
   *
   * @default {nothing}
   */
  input?: string | Uint8Array;
  /**
   * The milliseconds after which its process group gets SIGTERM.
   *
   * @default {none}
   */
  timeout?: number;
  /**
   * The milliseconds after SIGTERM when what is left of the group gets SIGKILL.
   *
   * @default {1000}
   */
  grace?: number;
  /**
   * How many bytes of each stream are kept. A program that writes more is ended
   * as after `timeout`.
   *
   * @default {16 MiB}
   */
  maxOutput?: number;
  /**
   * The signal that it gets when the thread that started it ends.
   *
   * @default {"SIGTERM"}
   */
  deathSignal?: NonNullable<SpawnOptions["deathSignal"]>;
  /**
   * Throw a {@linkcode RunError} if it does not succeed.
   *
   * @default {false}
   */
  check?: boolean;
}

/** How a program is run to its end. */
export interface RunOptions extends Omit<RunSyncOptions, "input"> {
  /**
   * What it reads from its standard input. `stdin` is `"piped"` then. A stream
   * is cancelled once nobody reads it any more.
   *
   * @default {nothing}
   */
  input?: string | Uint8Array | ReadableStream<Uint8Array>;
  /**
   * Ends its process group when it is aborted, as after `timeout`, and then
   * rejects with the reason.
   */
  signal?: AbortSignal;
}

/** How a program that was run to its end ended, and what it wrote. */
export interface Completed extends Status {
  /** Its standard output, if that was piped, as it is without an option. */
  stdout: Uint8Array<ArrayBuffer>;
  /** Its standard error, if that was piped, as it is without an option. */
  stderr: Uint8Array<ArrayBuffer>;
  /** Whether it was ended for having run too long. */
  timedOut: boolean;
  /** Whether it was ended for having written too much, which is cut off. */
  truncated: boolean;
}
