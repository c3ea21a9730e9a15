import {
  failureReason,
  searchFailureReason,
} from "@procctl/exec/failure-reason";
import { SEARCH_GOES_ON } from "@procctl/exec/search-path";
import {
  type Arena,
  encodeArgv,
  encodeEnv,
  encodePath,
  type Env,
  environ,
  environAddress,
  type PathLike,
  quote,
  type StringOrBytes,
  terminate,
} from "@procctl/libc";
import type { Call, Step, StepFailure } from "./_step.ts";

const ENOENT = 2;
const ENOEXEC = 8;
const EACCES = 13;

const SHELL = new TextEncoder().encode("/bin/sh");

/** A program to be executed, checked. */
export interface Execution {
  /** What it was called, for errors. */
  command: Uint8Array;
  /** The paths that are tried, one after another. */
  paths: readonly Uint8Array[];
  /** Its arguments. */
  argv: readonly Uint8Array[];
  /**
   * Its environment. To take the vector that C has saves copying it, but is
   * right only where the caller waits: it may change that vector.
   */
  env: readonly Uint8Array[] | "as C has it";
  /** Whether a file of no format that the kernel knows goes to /bin/sh. */
  shellFallback: boolean;
}

/**
 * Executes a program, as execve(2): the last step of each child program.
 *
 * @param path The file; there is no search in PATH.
 * @param argv The arguments, the program's own name first.
 * @param env The whole environment. Without it the program inherits the
 * caller's.
 * @returns The step.
 * @throws {TypeError} If an argument cannot be handed to C.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec } from "@procctl/spawn/steps";
 *
 * new ChildProgram()
 *   .add(exec("/bin/sh", ["sh", "-c", "echo $A"], { A: "1" }))
 *   .run(); // prints: 1
 * ```
 */
export function exec(
  path: PathLike,
  argv: readonly StringOrBytes[],
  env?: Env,
): Step {
  const command = encodePath(path);
  return executeFirst({
    command,
    paths: [command],
    argv: encodeArgv(argv),
    env: env === undefined ? environ() : encodeEnv(env),
    shellFallback: false,
  });
}

/** Executes the first of some files that can be, as execvp(3) goes about it. */
export function executeFirst(execution: Execution): Step {
  const { command, paths, argv, env, shellFallback } = execution;
  // All calls have the same vectors, put into the arena by the first of them.
  const vectors = lazyVectors(argv, env);
  const afterFile = {
    last: skips(true, shellFallback),
    other: skips(false, shellFallback),
  };
  const afterShell = { last: skips(true, false), other: skips(false, false) };
  // Where it was taken as C has it, it is the caller's still.
  const given = { argv, env: typeof env === "string" ? undefined : env };
  const calls: Call[] = [];
  paths.forEach((path, index) => {
    const place = index === paths.length - 1 ? "last" : "other";
    calls.push({
      syscall: "execve",
      arguments: [terminate(path), vectors.argv, vectors.env],
      onError: afterFile[place],
    });
    if (!shellFallback) return;
    calls.push({
      syscall: "execve",
      arguments: [
        terminate(SHELL),
        (arena) => arena.cStringVector([SHELL, path, ...argv.slice(1)]),
        vectors.env,
      ],
      onError: afterShell[place],
    });
  });
  return {
    kind: "exec",
    name: "execve",
    action: `Cannot execute ${quote(command)}`,
    path: new TextDecoder().decode(command),
    calls,
    failure(results, stoppedAt) {
      // Where PATH has no folder to try there is no call, and no result.
      const errno = -(results[stoppedAt] ?? -ENOENT);
      if (!SEARCH_GOES_ON.has(errno)) {
        const index = shellFallback ? stoppedAt >> 1 : stoppedAt;
        const path = paths[index]!;
        return failureOf(path, errno, () => failureReason(path, errno, given));
      }
      const last = results.includes(-EACCES) ? EACCES : errno;
      return failureOf(command, last, () => {
        return searchFailureReason(command, paths, last, given);
      });
    },
  };
}

function failureOf(
  path: Uint8Array,
  errno: number,
  reason: () => string | undefined,
): StepFailure {
  return {
    action: `Cannot execute ${quote(path)}`,
    errno,
    path: new TextDecoder().decode(path),
    reason,
  };
}

/** Where the search goes on after an error, counted in calls. */
function skips(isLast: boolean, shellNext: boolean): Map<number, number> {
  const skips = new Map<number, number>();
  if (shellNext) skips.set(ENOEXEC, 1);
  if (!isLast) {
    for (const errno of SEARCH_GOES_ON) skips.set(errno, shellNext ? 2 : 1);
  }
  return skips;
}

function lazyVectors(
  argv: readonly Uint8Array[],
  env: Execution["env"],
) {
  const placed = new WeakMap<Arena, { argv: bigint; env: bigint }>();
  const place = (arena: Arena) => {
    let vectors = placed.get(arena);
    if (vectors === undefined) {
      vectors = {
        argv: arena.cStringVector(argv),
        env: typeof env === "string"
          ? environAddress()
          : arena.cStringVector(env),
      };
      placed.set(arena, vectors);
    }
    return vectors;
  };
  return {
    argv: (arena: Arena) => place(arena).argv,
    env: (arena: Arena) => place(arena).env,
  };
}
