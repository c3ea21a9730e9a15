import { lazySymbols, orErrno, wasInterrupted } from "@procctl/libc/library";

const libc = lazySymbols({
  // int prlimit64(pid_t pid, int resource, const struct rlimit64 *new_limit,
  //               struct rlimit64 *old_limit)
  prlimit64: {
    parameters: ["i32", "i32", "buffer", "buffer"],
    result: "i32",
  },
});

/** The limits as the kernel keeps them: `RLIM_INFINITY` is unlimited. */
export interface Rlimit64 {
  /** The soft limit. */
  soft: bigint;
  /** The hard limit. */
  hard: bigint;
}

// Made once: it takes longer to make one than to call. A call is over before
// the next begins, and each Worker has a copy of this module.
const next = new BigUint64Array(new ArrayBuffer(16));
const old = new BigUint64Array(new ArrayBuffer(16));

/** Calls prlimit64(2); what it returns is the old limits, or -errno. */
export function callPrlimit64(
  pid: number,
  resource: number,
  change: Rlimit64 | undefined,
): Rlimit64 | number {
  if (change !== undefined) {
    next[0] = change.soft;
    next[1] = change.hard;
  }
  const given = change === undefined ? null : next;
  const result = orErrno(libc.prlimit64(pid, resource, given, old));
  if (wasInterrupted(result)) return callPrlimit64(pid, resource, change);
  return result < 0 ? result : { soft: old[0]!, hard: old[1]! };
}
