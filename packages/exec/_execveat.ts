import { Arena, lazySymbols, orErrno, terminate } from "@procctl/libc";
import { layOut } from "./_execute.ts";
import { AT_EXECVE_CHECK } from "./at_flags.ts";

/** The one function that executes, and that checks, relative to a directory. */
export const libc = lazySymbols({
  // int execveat(int dirfd, const char *pathname, char *const argv[],
  //              char *const envp[], int flags)
  execveat: {
    parameters: ["i32", "buffer", "usize", "usize", "i32"],
    result: "i32",
  },
});

/** Asks whether a file may be executed: 0, or an errno. */
export function checkErrno(
  dirfd: number,
  path: Uint8Array,
  flags: number,
): number {
  using arena = new Arena();
  // Arguments are copied before the file is looked at, and the kernel's log
  // would complain of a program without any.
  const { argv, env } = layOut(arena, [path], []);
  const name = terminate(path);
  return -orErrno(
    libc.execveat(dirfd, name, argv, env, flags | AT_EXECVE_CHECK),
  );
}
