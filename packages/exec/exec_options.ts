/**
 * The options of {@linkcode exec}.
 *
 * @module
 */

import type { PathLike, StringOrBytes } from "@procctl/libc";
import type { Limits } from "@procctl/rlimit/types";
import type { Stdio } from "./stdio.ts";

/** How {@linkcode exec} starts the new program. */
export interface ExecOptions {
  /**
   * The arguments after the program's name.
   *
   * @default {[]}
   */
  args?: readonly StringOrBytes[];
  /**
   * The name the program is told as its own.
   *
   * @default {command}
   */
  argv0?: StringOrBytes;
  /**
   * Changes to the environment that the program inherits: values by key, and
   * undefined to remove a variable.
   */
  env?: Record<string, StringOrBytes | undefined>;
  /**
   * Begin with an empty environment.
   *
   * @default {false}
   */
  clearEnv?: boolean;
  /**
   * The working directory. The command's own path, and relative folders of
   * PATH, are relative to it.
   *
   * @default {the caller's}
   */
  cwd?: PathLike;
  /**
   * The file mode creation mask, 0 to 0o777. Files of `stdin`, `stdout` and
   * `stderr` are created under it.
   *
   * @default {the caller's}
   */
  umask?: number;
  /**
   * Changes to the resource limits that the program inherits, such as
   * `{ nofile: 1024, stack: { soft: "64MiB" } }`: a bare value sets the soft and
   * the hard limit, one side keeps the other. They are set last, when the file
   * was found and, from Linux 6.14 on, the kernel was asked whether it may be
   * executed. Of `cpu`, what this process has used already counts.
   *
   * @default {the caller's}
   */
  limits?: Limits;
  /**
   * What becomes of SIGPIPE: its default effect, or `"keep"` for what it is in
   * this process, where Deno ignores it.
   *
   * @default {"default"}
   */
  sigpipe?: "default" | "keep";
  /**
   * Give a file of no format that the kernel knows to /bin/sh, as
   * {@linkcode execvp} does.
   *
   * @default {false}
   */
  shellFallback?: boolean;
  /**
   * The standard input.
   *
   * @default {"inherit"}
   */
  stdin?: Stdio;
  /**
   * The standard output.
   *
   * @default {"inherit"}
   */
  stdout?: Stdio;
  /**
   * The standard error.
   *
   * @default {"inherit"}
   */
  stderr?: Stdio;
  /**
   * Close every descriptor from this number on, at least 3. Without it those
   * that do not close on exec stay open; Deno's own all close.
   *
   * @default {none}
   */
  closeFrom?: number;
}
