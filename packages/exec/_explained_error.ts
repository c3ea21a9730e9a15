import { lazySymbols, type SystemError } from "@procctl/libc";
import { executionError } from "./_execution_error.ts";
import { AT_FDCWD } from "./at_flags.ts";
import {
  type FailedExecution,
  failureReason,
  searchFailureReason,
} from "./failure_reason.ts";

const libc = lazySymbols({
  // int fcntl(int fd, int op)
  fcntl: { parameters: ["i32", "i32"], result: "i32" },
});

const F_GETFD = 1;
const FD_CLOEXEC = 1;

/** The descriptor that a path is relative to; none if that is AT_FDCWD. */
export function descriptorOf(dirfd: number): FailedExecution["descriptor"] {
  if (dirfd === AT_FDCWD) return undefined;
  const flags = libc.fcntl(dirfd, F_GETFD);
  return { fd: dirfd, closeOnExec: flags > 0 && (flags & FD_CLOEXEC) !== 0 };
}

/** The error of a file that could not be executed, with why not. */
export function explainedError(
  path: Uint8Array,
  errno: number,
  execution: FailedExecution,
): SystemError {
  return executionError(path, errno, failureReason(path, errno, execution));
}

/** The same for a name that was looked for at some paths. */
export function explainedSearchError(
  file: Uint8Array,
  paths: readonly Uint8Array[],
  errno: number,
  execution: FailedExecution,
): SystemError {
  const reason = searchFailureReason(file, paths, errno, execution);
  return executionError(file, errno, reason);
}
