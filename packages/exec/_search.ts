import { Arena, getenv } from "@procctl/libc";
import { executionError, layOut, tryExecute } from "./_execute.ts";

const ENOENT = 2;
const ENOEXEC = 8;
const EACCES = 13;
const ENAMETOOLONG = 36;

/**
 * The errors after which the search goes on: ENOENT, ENODEV, ENOTDIR,
 * ETIMEDOUT and ESTALE say that the file is not there, EACCES that this one may
 * not be executed. Any other error is about a file that was found.
 */
const GOES_ON: ReadonlySet<number> = new Set([
  ENOENT,
  19,
  20,
  110,
  116,
  EACCES,
]);

const NAME_MAX = 255;
const PATH_MAX = 4096;
const SLASH = 0x2f;
const COLON = 0x3a;

const SHELL = new TextEncoder().encode("/bin/sh");
/** What glibc searches where PATH is not set. */
const DEFAULT_PATH = new TextEncoder().encode("/bin:/usr/bin");

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
 * than 255 bytes past its end, and see {@linkcode candidates}.
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

  if (file.length === 0) throw executionError(file, ENOENT);
  if (file.includes(SLASH)) throw executionError(file, attempt(file));
  if (file.length > NAME_MAX) throw executionError(file, ENAMETOOLONG);

  let last = ENOENT;
  let denied = false;
  for (const path of candidates(file, getenv("PATH") ?? DEFAULT_PATH)) {
    last = attempt(path);
    if (!GOES_ON.has(last)) throw executionError(path, last);
    denied ||= last === EACCES;
  }
  throw executionError(file, denied ? EACCES : last);
}

/**
 * The paths at which a file is looked for, in order.
 *
 * An empty element of PATH stands for the working directory. One that alone is
 * too long for a path is passed over. (So does glibc, but it then takes the colon
 * after it for an empty element, and looks in the working directory.)
 */
export function* candidates(
  file: Uint8Array,
  path: Uint8Array,
): Generator<Uint8Array> {
  for (let start = 0; start <= path.length;) {
    const colon = path.indexOf(COLON, start);
    const end = colon === -1 ? path.length : colon;
    const folder = path.subarray(start, end);
    if (folder.length === 0) yield file;
    else if (folder.length < PATH_MAX) yield join(folder, file);
    start = end + 1;
  }
}

function join(folder: Uint8Array, file: Uint8Array): Uint8Array {
  const path = new Uint8Array(folder.length + 1 + file.length);
  path.set(folder);
  path[folder.length] = SLASH;
  path.set(file, folder.length + 1);
  return path;
}
