/**
 * What on a path keeps a file from being executed.
 *
 * @module
 */

/**
 * What on a path keeps a file from being executed, told apart by `kind`:
 *
 * - `missing`: there is no such file or directory (`ENOENT`).
 * - `dangling-link`: a symbolic link leads to what is not there (`ENOENT`).
 * - `not-a-directory`: the path goes on behind a file (`ENOTDIR`).
 * - `no-search`: a directory may not be searched (`EACCES`).
 * - `no-execute`: the file has no execute permission, for this user or for
 *   anyone (`EACCES`).
 * - `not-regular`: the file is a directory, a FIFO, a socket or a device
 *   (`EACCES`).
 * - `noexec-mount`: the file system is mounted noexec (`EACCES`).
 * - `link-loop`: symbolic links lead to each other (`ELOOP`).
 * - `too-long`: the path or a name on it is too long (`ENAMETOOLONG`).
 * - `open-for-writing`: somebody has the file open for writing (`ETXTBSY`).
 */
export type PathFaultKind =
  | "missing"
  | "dangling-link"
  | "not-a-directory"
  | "no-search"
  | "no-execute"
  | "not-regular"
  | "noexec-mount"
  | "link-loop"
  | "too-long"
  | "open-for-writing";

/** What on a path keeps a file from being executed. */
export interface PathFault {
  /** What it is. */
  kind: PathFaultKind;
  /** Where it is: the path up to there, as it is written. */
  path: Uint8Array;
  /**
   * The permissions of what is there, such as 0o644, if they are to blame: of
   * `no-search` and `no-execute`.
   */
  mode?: number;
}
