import type { Rlimit64 } from "./_call.ts";
import { RLIM_INFINITY } from "./constants.ts";
import type { Rlimit } from "./types.ts";

/** Limits as numbers. */
export function toRlimit({ soft, hard }: Rlimit64): Rlimit {
  return { soft: toNumber(soft), hard: toNumber(hard) };
}

function toNumber(limit: bigint): number {
  return limit === RLIM_INFINITY ? Infinity : Number(limit);
}
