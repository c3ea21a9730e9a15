/**
 * Starting a command under limits.
 *
 * @module
 */

import type { PathLike } from "@procctl/libc";
import { encodeLimitedOptions } from "./_encode_limited.ts";
import { pollOne } from "./_poll.ts";
import { startLimited } from "./_start_limited.ts";
import { sendSignal } from "./_syscall.ts";
import { LimitedChild } from "./limited_child.ts";
import type { SpawnLimitedOptions } from "./run_limited_options.ts";

const SIGKILL = 9;

/**
 * Starts a command under limits, as {@linkcode runLimited} does, for those who
 * do something while it runs: look at what it uses, or send it signals.
 *
 * @param command The program: its name, or a path with a slash.
 * @param options How it is started.
 * @returns The command.
 * @throws {SystemError} If it cannot be started, as {@linkcode spawn}.
 * @throws {TypeError} If an option cannot be used.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import { spawnLimited } from "@procctl/spawn";
 *
 * const child = spawnLimited("sh", { args: ["-c", "echo hello; exit 3"] }); // prints: hello
 * console.log((await child.report).verdict); // prints: { kind: "exited", code: 3 }
 * ```
 */
export function spawnLimited(
  command: PathLike,
  options: SpawnLimitedOptions = {},
): LimitedChild {
  const encoded = encodeLimitedOptions(options);
  const started = startLimited(command, encoded);
  try {
    return new LimitedChild(started, encoded);
  } catch (error) {
    // Nothing is to be left of it, as if it had not been started.
    using _ = started;
    const { pidfd } = started.child;
    if (sendSignal(pidfd, SIGKILL)) pollOne(pidfd, -1);
    throw error;
  }
}
