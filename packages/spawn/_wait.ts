import {
  lazySymbols,
  orErrno,
  SystemError,
  wasInterrupted,
} from "@procctl/libc";
import { exitStatusOf } from "./_exit_info.ts";
import { dispositions } from "./_syscall.ts";
import { decodeStatus } from "./decode_status.ts";
import type { Status } from "./status.ts";

const libc = lazySymbols({
  // pid_t wait4(pid_t pid, int *status, int options, struct rusage *)
  wait4: { parameters: ["i32", "buffer", "i32", "buffer"], result: "i32" },
});

const ECHILD = 10;
const SIGCHLD = 17;
const WNOHANG = 1;
/** Children that are made with a signal other than SIGCHLD too. */
const WALL = 0x40000000;
/** struct rusage: two struct timeval, and fourteen numbers. */
export const USAGE_SIZE = 144;

const status = new Int32Array(new ArrayBuffer(4));
const usage = new BigInt64Array(new ArrayBuffer(USAGE_SIZE));

/**
 * Waits for a child's end, and takes its status from the kernel.
 *
 * @param pidfd Tells its status where the kernel keeps none for its parent.
 * @throws {SystemError} If there is none to be had (`ECHILD`).
 */
export function reap(pid: number, pidfd?: number): Status {
  for (;;) {
    const result = orErrno(libc.wait4(pid, status, WALL, usage));
    if (result === pid) return decodeStatus(status[0]!, usage);
    if (!wasInterrupted(result)) return statusWithout(pid, pidfd, -result);
  }
}

/** The same for one that may still run: undefined then. */
export function tryReap(pid: number, pidfd: number): Status | undefined {
  const result = orErrno(libc.wait4(pid, status, WALL | WNOHANG, usage));
  if (result === 0) return undefined;
  if (result === pid) return decodeStatus(status[0]!, usage);
  if (wasInterrupted(result)) return tryReap(pid, pidfd);
  return statusWithout(pid, pidfd, -result);
}

/** The status of a child that wait4(2) has none of. */
function statusWithout(
  pid: number,
  pidfd: number | undefined,
  errno: number,
): Status {
  const known = errno === ECHILD && pidfd !== undefined
    ? exitStatusOf(pidfd)
    : undefined;
  if (known !== undefined) return decodeStatus(known);
  const ignored = errno === ECHILD && dispositions().ignored.includes(SIGCHLD);
  throw new SystemError(`Cannot wait for process ${pid}`, {
    errno,
    syscall: "wait4",
    reason: ignored
      ? "SIGCHLD is ignored, so that the kernel keeps no status"
      : undefined,
  });
}
