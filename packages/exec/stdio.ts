/**
 * What the standard streams of a new program can be.
 *
 * @module
 */

import type { PathLike } from "@procctl/libc";

/** A file to open as a standard stream. */
export interface StdioFile {
  /** The file. A relative path is relative to the caller's directory. */
  path: PathLike;
  /** How it is opened. `"append"` writes at its end, wherever that is then. */
  access: "read" | "write" | "append" | "readwrite";
  /**
   * Create the file if it does not exist.
   *
   * @default {false}
   */
  create?: boolean;
  /**
   * Cut the file to length 0.
   *
   * @default {false}
   */
  truncate?: boolean;
  /**
   * The permissions of a file that is created, less the umask.
   *
   * @default {0o666}
   */
  mode?: number;
}

/**
 * What a standard stream of a new program is: the caller's (`"inherit"`),
 * /dev/null (`"null"`), any open descriptor by its number, or a file.
 *
 * Numbers mean the caller's descriptors, so that `{ stdout: 2, stderr: 1 }`
 * swaps the two.
 */
export type Stdio = "inherit" | "null" | number | StdioFile;
