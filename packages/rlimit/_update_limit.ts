import type { Rlimit64 } from "./_call.ts";
import type { EncodedChange } from "./_encode_change.ts";
import { prlimit64 } from "./prlimit64.ts";

/**
 * Sets one side or both, and returns the old limits.
 *
 * The kernel sets both at once, so of one side the other has to be read before.
 * It may change in between; then what was set is put right, or what was refused
 * is tried again.
 *
 * @param exchange What sets limits and returns the old ones.
 */
export function updateLimit(
  pid: number,
  resource: number,
  { soft, hard }: EncodedChange,
  exchange: typeof prlimit64 = prlimit64,
): Rlimit64 {
  if (soft !== undefined && hard !== undefined) {
    return exchange(pid, resource, { soft, hard });
  }
  const other = soft === undefined ? "soft" : "hard";
  let kept = exchange(pid, resource)[other];
  // What the other side is now, if nobody else changes it.
  let expected = kept;
  let first: Rlimit64 | undefined;
  for (;;) {
    try {
      const change = { soft: soft ?? kept, hard: hard ?? kept };
      const old = exchange(pid, resource, change);
      first ??= old;
      if (old[other] === expected) return first;
      [kept, expected] = [old[other], kept];
    } catch (error) {
      const now = exchange(pid, resource)[other];
      if (now === expected) throw error;
      kept = expected = now;
    }
  }
}
