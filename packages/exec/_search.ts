import { Arena } from "@procctl/libc";
import { executionError, layOut, tryExecute } from "./_execute.ts";
import { SEARCH_GOES_ON, searchPaths } from "./search_path.ts";

const ENOENT = 2;
const ENOEXEC = 8;
const EACCES = 13;

const SHELL = new TextEncoder().encode("/bin/sh");

/** How {@linkcode searchAndExecute} goes about it. */
export interface SearchOptions {
  /** Whether a file of no format that the kernel knows is given to /bin/sh. */
  shellFallback: boolean;
}

/**
 * Executes a file as glibc's execvpe(3) does: one whose name has no slash is
 * looked for in the folders of the caller's PATH.
 *
 * The rules are glibc's to the letter; its own function is not called, as the
 * search without the shell, as posix_spawnp(3) has it, is not to be had alone.
 * Two oversights of glibc's are no rules: before 2.43 it reads a name of more
 * than 255 bytes past its end, and see {@linkcode searchPaths}.
 */
export function searchAndExecute(
  file: Uint8Array,
  argv: readonly Uint8Array[],
  env: readonly Uint8Array[] | undefined,
  { shellFallback }: SearchOptions,
): never {
  using arena = new Arena();
  const vectors = layOut(arena, argv, env);

  function attempt(path: Uint8Array): number {
    const errno = tryExecute(path, vectors);
    if (errno !== ENOEXEC || !shellFallback) return errno;
    const shellArgv = [SHELL, path, ...argv.slice(1)];
    return tryExecute(SHELL, {
      argv: arena.cStringVector(shellArgv),
      env: vectors.env,
    });
  }

  let last = ENOENT;
  let denied = false;
  for (const path of searchPaths(file)) {
    last = attempt(path);
    if (!SEARCH_GOES_ON.has(last)) throw executionError(path, last);
    denied ||= last === EACCES;
  }
  throw executionError(file, denied ? EACCES : last);
}
