/**
 * fexecve(3): a program that is open as a descriptor.
 *
 * @module
 */

import {
  Arena,
  encodeArgv,
  encodeEnv,
  type Env,
  lazySymbols,
  orErrno,
  type StringOrBytes,
  SystemError,
} from "@procctl/libc";
import { checkInt32 } from "./_check_int32.ts";
import { layOut } from "./_execute.ts";
import { descriptorOf } from "./_explained_error.ts";
import { failureReason } from "./failure_reason.ts";

const libc = lazySymbols({
  // int fexecve(int fd, char *const argv[], char *const envp[])
  fexecve: { parameters: ["i32", "usize", "usize"], result: "i32" },
});

/**
 * Replaces this program by the one that a descriptor is open on, as fexecve(3).
 *
 * The descriptor may be open for reading or with `O_PATH`, and may close on
 * exec unless the file is a script: see {@linkcode execveat}.
 *
 * @param fd The descriptor.
 * @param argv The arguments, the new program's own name first.
 * @param env The whole environment of the new program.
 * @returns Never.
 * @throws {SystemError} If the file cannot be executed. The program goes on. A
 * negative descriptor is EINVAL, one that is not open EBADF.
 * @throws {TypeError} If an argument cannot be handed to C. No system call was
 * made.
 * @throws {RangeError} If `fd` is not a 32-bit integer.
 *
 * @example Usage
 * ```ts
 * import { fexecve } from "@procctl/exec";
 * import { O_PATH, openFile } from "@procctl/libc";
 *
 * const fd = openFile("/bin/echo", O_PATH);
 * fexecve(fd, ["echo", "hello"], {}); // prints: hello
 * ```
 */
export function fexecve(
  fd: number,
  argv: readonly StringOrBytes[],
  env: Env,
): never {
  checkInt32(fd, "fd");
  const args = encodeArgv(argv);
  const entries = encodeEnv(env);
  using arena = new Arena();
  const { argv: argvAt, env: envAt } = layOut(arena, args, entries);
  const errno = -orErrno(libc.fexecve(fd, argvAt, envAt));
  throw new SystemError(`Cannot execute descriptor ${fd}`, {
    errno,
    syscall: "execveat",
    reason: failureReason(new Uint8Array(), errno, {
      argv: args,
      env: entries,
      descriptor: descriptorOf(fd),
    }),
  });
}
