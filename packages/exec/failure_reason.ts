/**
 * Why an execve(2) failed, for those who make the error of one, as
 * `@procctl/spawn` does.
 *
 * @module
 * @experimental
 */

import { environ, errnoName, quote } from "@procctl/libc";
import { explainFile, explainPaths, type Given } from "./_explain.ts";
import type { Explanation } from "./explain.ts";

const EAGAIN = 11;

/** Errors that are explained even where no fault of a path is found. */
const OWN_ERRORS: ReadonlySet<string> = new Set([
  "E2BIG",
  "EINVAL",
  "EIO",
  "ENAMETOOLONG",
  "ENOENT",
  "ENOEXEC",
]);

/** What a program was given whose execve(2) failed. */
export interface FailedExecution {
  /** Its arguments. */
  argv: readonly Uint8Array[];
  /**
   * Its environment, as entries.
   *
   * @default {the caller's}
   */
  env?: readonly Uint8Array[] | undefined;
  /**
   * The descriptor that the path is relative to, if there is one.
   *
   * @default {none}
   */
  descriptor?: { fd: number; closeOnExec: boolean } | undefined;
}

/**
 * Says why an execve(2) failed, in words more exact than those of its errno. It
 * never throws: it is asked while an error is made.
 *
 * It looks at the files as this process sees them now. Where what it finds is
 * not what the kernel said, it says nothing.
 *
 * @param path The path that was executed.
 * @param errno The error number.
 * @param execution What the program was given.
 * @returns The reason, or undefined if there is no more to say.
 *
 * @example Usage
 * ```ts
 * import { failureReason } from "@procctl/exec/failure-reason";
 *
 * const path = new TextEncoder().encode("/dev/null");
 * console.log(failureReason(path, 13, { argv: [path] })); // prints: It is a character device
 * ```
 */
export function failureReason(
  path: Uint8Array,
  errno: number,
  execution: FailedExecution,
): string | undefined {
  return attempt(() => {
    if (errno === EAGAIN) {
      return "This user has more processes than RLIMIT_NPROC allows";
    }
    const explanation = explainFile(path, complete(execution));
    return isAbout(explanation, errno) && saysMore(explanation)
      ? explanation.summary
      : undefined;
  });
}

/**
 * The same for a program that was looked for at several paths.
 *
 * @param file The program's name.
 * @param paths The paths that were tried, as `searchPaths()` gives them.
 * @param errno The error number that the search failed with.
 * @param execution What the program was given.
 * @returns The reason, or undefined if there is no more to say.
 *
 * @example Usage
 * ```ts
 * import { searchFailureReason } from "@procctl/exec/failure-reason";
 * import { searchPaths } from "@procctl/exec/search-path";
 *
 * const file = new TextEncoder().encode("no-such-command");
 * const paths = searchPaths(file);
 * console.log(searchFailureReason(file, paths, 2, { argv: [file] })); // prints: undefined
 * ```
 */
export function searchFailureReason(
  file: Uint8Array,
  paths: readonly Uint8Array[],
  errno: number,
  execution: FailedExecution,
): string | undefined {
  return attempt(() => {
    const explanation = explainPaths(paths, complete(execution));
    if (explanation === undefined) return undefined;
    if (!isAbout(explanation, errno) || !saysMore(explanation)) {
      return undefined;
    }
    const { executed, summary } = explanation;
    return executed.length === file.length
      ? summary
      : `${quote(executed)}: ${summary}`;
  });
}

/** An error is made here already: nothing may throw another in its place. */
function attempt(explain: () => string | undefined): string | undefined {
  try {
    return explain();
  } catch {
    return undefined;
  }
}

function complete(execution: FailedExecution): Given {
  return { ...execution, env: execution.env ?? environ() };
}

/** Whether an explanation is one of what the kernel said. */
function isAbout(explanation: Explanation, errno: number): boolean {
  return explanation.kind === "error" && explanation.code === errnoName(errno);
}

/** Whether an explanation says more than the words of the error number. */
function saysMore(explanation: Explanation): boolean {
  if (explanation.kind !== "error") return false;
  const { level, code, fault, summary } = explanation;
  if (level > 0) return true;
  if (summary === "It does not exist") return false;
  return fault !== undefined || OWN_ERRORS.has(code);
}
