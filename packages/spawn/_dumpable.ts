import { lazySymbols } from "@procctl/libc";

const libc = lazySymbols({
  // int prctl(int option, unsigned long arg2, ...)
  prctl: { parameters: ["i32", "u64", "u64", "u64", "u64"], result: "i32" },
});

const PR_GET_DUMPABLE = 3;
const PR_SET_DUMPABLE = 4;
const DUMPABLE = 1;

/** How many children of this thread are on this process's memory. */
let children = 0;
/** What it was before the first of them. */
let before = 0;

/**
 * Keeps whether this process's own user may look into it: trace it, or dump its
 * memory.
 *
 * A child that changes its user takes that right from the memory it runs on,
 * which is ours too. It is given back, by disposing of what this returns, when
 * no child is on that memory any more: until then its new user could look into
 * ours through it.
 */
export function keepDumpable(): Disposable {
  if (children === 0) before = getDumpable();
  children++;
  return {
    [Symbol.dispose]() {
      children--;
      if (children > 0 || before !== DUMPABLE) return;
      if (getDumpable() === DUMPABLE) return;
      libc.prctl(PR_SET_DUMPABLE, BigInt(DUMPABLE), 0n, 0n, 0n);
    },
  };
}

function getDumpable(): number {
  return libc.prctl(PR_GET_DUMPABLE, 0n, 0n, 0n, 0n);
}
