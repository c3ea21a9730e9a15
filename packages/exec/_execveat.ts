import { lazySymbols } from "@procctl/libc";

/** The one function that executes, and that checks, relative to a directory. */
export const libc = lazySymbols({
  // int execveat(int dirfd, const char *pathname, char *const argv[],
  //              char *const envp[], int flags)
  execveat: {
    parameters: ["i32", "buffer", "usize", "usize", "i32"],
    result: "i32",
  },
});
