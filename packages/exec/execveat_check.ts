/**
 * Asking the kernel whether it would execute a file: AT_EXECVE_CHECK.
 *
 * @module
 */

import { encodePath, type PathLike, quote, SystemError } from "@procctl/libc";
import { checkInt32 } from "./_check_int32.ts";
import { checkErrno } from "./_execveat.ts";
import { AT_FDCWD } from "./at_flags.ts";

const EINVAL = 22;

/**
 * Asks the kernel whether it would let this process execute a file, as
 * execveat(2) with `AT_EXECVE_CHECK`, which Linux has since 6.14.
 *
 * It looks at the file alone: that it is a regular one, on a mount that allows
 * execution, with a permission that does. It does not look into the file, so an
 * empty file passes, and a script whose interpreter is missing.
 *
 * @param dirfd The directory's descriptor, or `AT_FDCWD`. An absolute path
 * ignores it.
 * @param path The file.
 * @param flags `AT_EMPTY_PATH`, `AT_SYMLINK_NOFOLLOW`, or both.
 * @throws {SystemError} If the file may not be executed: `EACCES`, `ENOENT`,
 * and so on. EINVAL if this kernel cannot tell; the message says so.
 * @throws {TypeError} If the path cannot be handed to C.
 * @throws {RangeError} If `dirfd` or `flags` is not a 32-bit integer.
 *
 * @example Usage
 * ```ts
 * import { AT_FDCWD, execveatCheck } from "@procctl/exec";
 * import { SystemError } from "@procctl/libc";
 *
 * try {
 *   execveatCheck(AT_FDCWD, "/etc/passwd");
 * } catch (error) {
 *   if (!(error instanceof SystemError)) throw error;
 *   // EACCES, or EINVAL before Linux 6.14
 * }
 * ```
 */
export function execveatCheck(
  dirfd: number,
  path: PathLike,
  flags = 0,
): void {
  checkInt32(dirfd, "dirfd");
  const bytes = encodePath(path);
  checkInt32(flags, "flags");
  const errno = checkErrno(dirfd, bytes, flags);
  if (errno === 0) return;
  throw new SystemError(`Cannot execute ${quote(bytes)}`, {
    errno,
    syscall: "execveat",
    path: new TextDecoder().decode(bytes),
    reason: errno === EINVAL && !isSupported()
      ? "this kernel does not support AT_EXECVE_CHECK, which came with Linux 6.14"
      : undefined,
  });
}

/** An older kernel refuses the flag even for a directory, which is EACCES. */
function isSupported(): boolean {
  const root = new TextEncoder().encode("/");
  return checkErrno(AT_FDCWD, root, 0) !== EINVAL;
}
