/**
 * What `procctl trace --files --json` prints.
 *
 * @module
 */

/** The files that a program and all that it started have asked for. */
export interface FilesReport {
  /** The files, by their paths. */
  files: FileReport[];
}

/** What was done with a file. */
export interface FileReport {
  /** Its path, absolute; symbolic links are not followed. */
  path: string;
  /** What was done with it, at least once. */
  uses: FileUse[];
  /** How many system calls named it. */
  calls: number;
}

/**
 * - `executed`: by execve(2), or execveat(2).
 * - `written`: opened to be written to, created, changed, renamed or removed.
 * - `read`: opened to be read.
 * - `examined`: asked for, as by stat(2).
 * - `missing`: looked for, and not found.
 * - `failed`: asked for in vain for another reason.
 */
export type FileUse =
  | "executed"
  | "written"
  | "read"
  | "examined"
  | "missing"
  | "failed";
