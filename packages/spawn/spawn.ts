/**
 * Starting a child that is set up before it runs.
 *
 * @module
 */

import { closeFile, type PathLike } from "@procctl/libc";
import { reapQuietly } from "./_gated_child.ts";
import { prepare } from "./_prepare.ts";
import { start } from "./_start.ts";
import { sendSignal } from "./_syscall.ts";
import { Child } from "./child.ts";
import type { SpawnOptions } from "./spawn_options.ts";

const SIGKILL = 9;

/**
 * Starts a program as a child of this one, prepared as the options say.
 *
 * Without a slash the command is looked for in PATH. The child is prepared
 * between fork and exec by system calls alone, in this order: session, process
 * group, controlling terminal, foreground; umask; standard streams and other
 * descriptors; directory; the closing of others; nice value, processors,
 * limits; groups, group, user; death signal; no new privileges; signals, their
 * mask; filter; exec. Files of streams are relative to the caller's directory,
 * the command's own path to the child's.
 *
 * What Deno changed for itself is put right in the child: SIGPIPE gets its
 * default effect unless `sigpipe` is `"keep"`. That Deno raised the soft limit
 * of open files cannot be: `limits: { nofile: { soft: 1024 } }` sets what most
 * programs expect.
 *
 * @param command The program: its name, or a path with a slash.
 * @param options How it is started.
 * @returns The child.
 * @throws {SystemError} If a step fails: `syscall` tells which, and `path` on
 * which file. There is no child then, and nothing is left of it.
 * @throws {TypeError} If an option cannot be handed to C, or is none of those
 * listed. No child was made.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import { spawn } from "@procctl/spawn";
 *
 * const child = spawn("sh", { args: ["-c", "echo $0; exit 3"], argv0: "me" }); // prints: me
 * console.log((await child.status).code); // prints: 3
 * ```
 */
export function spawn(command: PathLike, options: SpawnOptions = {}): Child {
  const { signal, session = false, processGroup } = options;
  const prepared = prepare(command, options);
  signal?.throwIfAborted();
  const started = start(prepared, options);
  const leadsGroup = session || processGroup === 0;
  try {
    return new Child({ ...started, leadsGroup, signal });
  } catch (error) {
    // Nothing is to be left of it, as if it had not been started.
    sendSignal(started.pidfd, SIGKILL);
    reapQuietly(started.pid);
    closeFile(started.pidfd);
    throw error;
  }
}
