/**
 * The options of {@linkcode runLimited} and {@linkcode spawnLimited}.
 *
 * @module
 */

import type { LimitValue } from "@procctl/rlimit/types";
import type { RunOptions } from "./run_options.ts";
import type { LimitedReport } from "./limited_report.ts";
import type { SpawnOptions } from "./spawn_options.ts";

/** How a command is started under limits. */
export interface SpawnLimitedOptions extends
  Omit<
    SpawnOptions,
    | "processGroup"
    | "foreground"
    | "controllingTerminal"
    | "deathSignal"
    | "signal"
  > {
  /**
   * Seconds that it may run, or text such as `"500ms"`.
   *
   * @default {any}
   */
  wall?: number | string;
  /**
   * Seconds of processor time that all its processes may use together, or text.
   * `limits.cpu` is that of each.
   *
   * @default {any}
   */
  cpuTime?: number | string;
  /**
   * Bytes of memory that all its processes may have in use together, or text
   * such as `"256MiB"`. Without a control group it is looked at every 20 ms,
   * in which a program can take much more: `limits.as` is a limit for that.
   *
   * @default {any}
   */
  memory?: LimitValue;
  /**
   * How many processes and threads it may have, the first one included. Without
   * a control group it is looked at every 20 ms, in which a program can make
   * many more: `limits.nproc` is a limit for that, of ordinary users.
   *
   * @default {any}
   */
  processes?: number;
  /**
   * Bytes that it may write to its standard output, and as many to its standard
   * error, where those are piped, or text such as `"64KiB"`. It may get to write
   * more until it is ended: of that, {@linkcode runLimited} gives nothing.
   *
   * @default {any; 16 MiB for runLimited()}
   */
  output?: LimitValue;
  /**
   * Seconds that it has after SIGTERM when one of these is used up, before all
   * is killed; 0 for none, without that signal.
   *
   * @default {0}
   */
  grace?: number | string;
  /**
   * Whether it begins a process group of its own, so that what it sends to its
   * group reaches nobody else; nor does then what the terminal sends to the
   * caller's, such as Ctrl-C.
   *
   * @default {true}
   */
  ownGroup?: boolean;
  /**
   * Whether a control group is made for it, where that can be.
   *
   * @default {true}
   */
  cgroup?: boolean;
}

/** How a command is run under limits. */
export interface RunLimitedOptions extends SpawnLimitedOptions {
  /**
   * What it reads from its standard input. `stdin` is `"piped"` then. A stream
   * is cancelled once nobody reads it any more.
   *
   * @default {nothing}
   */
  input?: NonNullable<RunOptions["input"]>;
  /** Ends it when it is aborted, and then rejects with the reason. */
  signal?: AbortSignal;
}

/** How a command that was run under limits ended, and what it wrote. */
export interface LimitedResult extends LimitedReport {
  /** Its standard output, if that was piped, as it is without an option. */
  stdout: Uint8Array<ArrayBuffer>;
  /** Its standard error, if that was piped, as it is without an option. */
  stderr: Uint8Array<ArrayBuffer>;
}
