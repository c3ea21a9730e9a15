import { Arena } from "@procctl/libc";
import {
  layOut,
  prepareToExecute,
  tryExecute,
  type Vectors,
} from "./_execute.ts";
import { explainedError, explainedSearchError } from "./_explained_error.ts";
import { checkErrno } from "./_execveat.ts";
import type { AttemptLimits } from "./_limits.ts";
import { AT_FDCWD } from "./at_flags.ts";
import { SEARCH_GOES_ON, searchPaths } from "./search_path.ts";

const ENOENT = 2;
const ENOEXEC = 8;
const EACCES = 13;
const EINVAL = 22;
const ENOSYS = 38;

const SHELL = new TextEncoder().encode("/bin/sh");

/** How {@linkcode searchAndExecute} goes about it. */
export interface SearchOptions {
  /** Whether a file of no format that the kernel knows is given to /bin/sh. */
  shellFallback: boolean;
  /** The limits that the program gets, if they are to change. */
  limits?: AttemptLimits;
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
  { shellFallback, limits }: SearchOptions,
): never {
  using arena = new Arena();
  const vectors = layOut(arena, argv, env);

  function attempt(path: Uint8Array): number {
    const errno = execute(path, vectors, limits);
    if (errno !== ENOEXEC || !shellFallback) return errno;
    const shellArgv = [SHELL, path, ...argv.slice(1)];
    const shellVector = arena.cStringVector(shellArgv);
    return execute(SHELL, { argv: shellVector, env: vectors.env }, limits);
  }

  let last = ENOENT;
  let denied = false;
  const paths = searchPaths(file);
  for (const path of paths) {
    last = attempt(path);
    if (!SEARCH_GOES_ON.has(last)) {
      throw explainedError(path, last, { argv, env });
    }
    denied ||= last === EACCES;
  }
  const errno = denied ? EACCES : last;
  throw explainedSearchError(file, paths, errno, { argv, env });
}

/**
 * Tries to execute a file, under limits if there are any. What the kernel says
 * of the file alone is asked before: some limits cannot be put back.
 */
function execute(
  path: Uint8Array,
  vectors: Vectors,
  limits: AttemptLimits | undefined,
): number {
  if (limits === undefined || limits.isEmpty) return tryExecute(path, vectors);
  const errno = checkErrno(AT_FDCWD, path, 0);
  // Before Linux 6.14 it cannot tell.
  const cannotTell = errno === EINVAL || errno === ENOSYS;
  if (errno !== 0 && !cannotTell) return errno;
  return limits.hold(prepareToExecute(path, vectors));
}
