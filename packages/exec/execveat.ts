/**
 * execveat(2): a path relative to a directory that is open, or a file that is.
 *
 * @module
 */

import {
  Arena,
  encodeArgv,
  encodeEnv,
  encodePath,
  type Env,
  orErrno,
  type PathLike,
  quote,
  type StringOrBytes,
  SystemError,
  terminate,
} from "@procctl/libc";
import { checkInt32 } from "./_check_int32.ts";
import { layOut } from "./_execute.ts";
import { libc } from "./_execveat.ts";
import { descriptorOf } from "./_explained_error.ts";
import { failureReason } from "./failure_reason.ts";
import { AT_EMPTY_PATH, AT_EXECVE_CHECK, AT_FDCWD } from "./at_flags.ts";

/**
 * Replaces this program by another whose path is relative to an open directory,
 * or that is open itself, as execveat(2).
 *
 * With an empty path and `AT_EMPTY_PATH` the file is the descriptor itself. A
 * script cannot be executed through a descriptor that closes on exec (ENOENT):
 * its interpreter would have to open it anew, as /dev/fd/N.
 *
 * @param dirfd The directory's descriptor, or `AT_FDCWD`. An absolute path
 * ignores it.
 * @param path The file to execute.
 * @param argv The arguments, the new program's own name first.
 * @param env The whole environment of the new program.
 * @param flags `AT_EMPTY_PATH`, `AT_SYMLINK_NOFOLLOW`, or both.
 * @returns Never.
 * @throws {SystemError} If the file cannot be executed. The program goes on.
 * @throws {TypeError} If an argument cannot be handed to C, or `flags` has
 * `AT_EXECVE_CHECK`, with which the call would return: that is
 * {@linkcode execveatCheck}. No system call was made.
 * @throws {RangeError} If `dirfd` or `flags` is not a 32-bit integer.
 *
 * @example Usage
 * ```ts
 * import { AT_FDCWD, execveat } from "@procctl/exec";
 *
 * execveat(AT_FDCWD, "/bin/echo", ["echo", "hello"], {}); // prints: hello
 * ```
 */
export function execveat(
  dirfd: number,
  path: PathLike,
  argv: readonly StringOrBytes[],
  env: Env,
  flags = 0,
): never {
  checkInt32(dirfd, "dirfd");
  const bytes = encodePath(path);
  const args = encodeArgv(argv);
  const entries = encodeEnv(env);
  checkInt32(flags, "flags");
  if (flags & AT_EXECVE_CHECK) {
    throw new TypeError(
      "Cannot pass flags to execveat: AT_EXECVE_CHECK executes nothing, call execveatCheck instead",
    );
  }
  using arena = new Arena();
  const { argv: argvAt, env: envAt } = layOut(arena, args, entries);
  const name = terminate(bytes);
  const errno = -orErrno(libc.execveat(dirfd, name, argvAt, envAt, flags));
  throw new SystemError(`Cannot execute ${describe(dirfd, bytes)}`, {
    errno,
    syscall: "execveat",
    path: new TextDecoder().decode(bytes),
    // Without the flag an empty path is no file at all.
    reason: bytes.length === 0 && !(flags & AT_EMPTY_PATH)
      ? undefined
      : failureReason(bytes, errno, {
        argv: args,
        env: entries,
        descriptor: descriptorOf(dirfd),
      }),
  });
}

function describe(dirfd: number, path: Uint8Array): string {
  if (dirfd === AT_FDCWD || path[0] === 0x2f) return quote(path);
  return `${quote(path)} at descriptor ${dirfd}`;
}
