/**
 * The error of a system call that failed.
 *
 * @module
 */

import { errnoMessage, errnoName } from "./errno.ts";

/** What a {@linkcode SystemError} says of the call that failed. */
export interface SystemErrorOptions extends ErrorOptions {
  /** The error number that the system call gave, such as 2. */
  errno: number;
  /** The name of the system call or step that failed, such as `"execve"`. */
  syscall: string;
  /** The file that the call was about, if it was about one. */
  path?: string | undefined;
  /**
   * Why it failed, in words more exact than the message of the error number.
   *
   * @default {errnoMessage(errno)}
   */
  reason?: string | undefined;
}

/**
 * A system call failed.
 *
 * Its message says what was tried, on what, why it failed, and the error's
 * name: `Cannot execute "./script": No such file or directory: ENOENT`.
 *
 * @example Usage
 * ```ts
 * import { execv } from "@procctl/exec";
 * import { SystemError } from "@procctl/libc";
 *
 * try {
 *   execv("/nonexistent", ["nonexistent"]);
 * } catch (error) {
 *   if (!(error instanceof SystemError)) throw error;
 *   console.log(error.code, error.errno, error.syscall); // prints: ENOENT 2 execve
 *   console.log(error.path); // prints: /nonexistent
 * }
 * ```
 */
export class SystemError extends Error {
  /** Always `"SystemError"`. */
  override name = "SystemError";
  /** The name of the error number, such as `"ENOENT"`. */
  readonly code: string;
  /** The error number, positive, such as 2. */
  readonly errno: number;
  /** The name of the system call or step that failed, such as `"execve"`. */
  readonly syscall: string;
  /**
   * The file that the call was about, if it was about one. Bytes that are not
   * UTF-8 appear as U+FFFD.
   */
  // Declared alone: a field would be there, undefined, on every error.
  declare readonly path?: string;

  /**
   * Makes the error of one failed system call.
   *
   * @param action What was tried, and on what: `Cannot open "/etc/shadow"`.
   * @param options The error number, the call, the file, and the reason.
   *
   * @example Usage
   * ```ts
   * import { SystemError } from "@procctl/libc";
   *
   * const error = new SystemError('Cannot open "/x"', {
   *   errno: 13,
   *   syscall: "open",
   *   path: "/x",
   * });
   * console.log(error.message); // prints: Cannot open "/x": Permission denied: EACCES
   * ```
   */
  constructor(action: string, options: SystemErrorOptions) {
    const { errno, syscall, path, reason, ...rest } = options;
    const code = errnoName(errno);
    super(`${action}: ${reason ?? errnoMessage(errno)}: ${code}`, rest);
    this.code = code;
    this.errno = errno;
    this.syscall = syscall;
    if (path !== undefined) this.path = path;
  }
}
