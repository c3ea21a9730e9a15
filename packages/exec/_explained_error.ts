import {
  environ,
  errnoName,
  lazySymbols,
  quote,
  type SystemError,
} from "@procctl/libc";
import { executionError } from "./_execution_error.ts";
import { explainFile, explainSearch, type Given } from "./_explain.ts";
import { AT_FDCWD } from "./at_flags.ts";
import type { Explanation } from "./explain.ts";

const libc = lazySymbols({
  // int fcntl(int fd, int op)
  fcntl: { parameters: ["i32", "i32"], result: "i32" },
});

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

/** What a program was given; without an environment it inherits the caller's. */
export type MaybeGiven = Omit<Given, "env"> & {
  env: readonly Uint8Array[] | undefined;
};

const F_GETFD = 1;
const FD_CLOEXEC = 1;

/** The descriptor that a path is relative to; none if that is AT_FDCWD. */
export function descriptorOf(dirfd: number): Given["descriptor"] {
  if (dirfd === AT_FDCWD) return undefined;
  const flags = libc.fcntl(dirfd, F_GETFD);
  return { fd: dirfd, closeOnExec: flags > 0 && (flags & FD_CLOEXEC) !== 0 };
}

/** The error of a file that could not be executed, with why not. */
export function explainedError(
  path: Uint8Array,
  errno: number,
  given: MaybeGiven,
): SystemError {
  return executionError(path, errno, reasonOf(path, errno, given));
}

/** The same for a name that was looked for in PATH. */
export function explainedSearchError(
  file: Uint8Array,
  errno: number,
  given: MaybeGiven,
): SystemError {
  const reason = attempt(() => {
    const explanation = explainSearch(file, complete(given));
    if (!isAbout(explanation, errno) || !saysMore(explanation)) {
      return undefined;
    }
    const { executed, summary } = explanation;
    return executed.length === file.length
      ? summary
      : `${quote(executed)}: ${summary}`;
  });
  return executionError(file, errno, reason);
}

/**
 * Why an execve(2) failed, in words more exact than those of its errno;
 * undefined if there are none.
 */
export function reasonOf(
  path: Uint8Array,
  errno: number,
  given: MaybeGiven,
): string | undefined {
  return attempt(() => {
    if (errno === EAGAIN) {
      return "This user has more processes than RLIMIT_NPROC allows";
    }
    const explanation = explainFile(path, complete(given));
    return isAbout(explanation, errno) && saysMore(explanation)
      ? explanation.summary
      : undefined;
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

function complete(given: MaybeGiven): Given {
  return { ...given, env: given.env ?? environ() };
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
