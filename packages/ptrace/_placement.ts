import { lazySymbols, orErrno, SystemError } from "@procctl/libc";

const libc = lazySymbols({
  // int sched_getcpu(void)
  sched_getcpu: { parameters: [], result: "i32" },
  // int sched_getaffinity(pid_t tid, size_t size, cpu_set_t *mask)
  sched_getaffinity: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  sched_setaffinity: { parameters: ["i32", "usize", "buffer"], result: "i32" },
});

/** A bit for each of 8192 processors, the most that Linux can have. */
const MASK_SIZE = 1024;

/** The processor that this thread runs on. */
export function currentProcessor(): number {
  return libc.sched_getcpu();
}

/**
 * Keeps this thread on one processor.
 *
 * @returns Lets it run again where it could.
 */
export function stayOn(cpu: number): () => void {
  const before = new Uint8Array(MASK_SIZE);
  check(
    libc.sched_getaffinity(0, BigInt(MASK_SIZE), before),
    "sched_getaffinity",
  );
  const mask = new Uint8Array(MASK_SIZE);
  mask[cpu >> 3] = 1 << (cpu & 7);
  setMask(mask);
  return () => setMask(before);
}

function setMask(mask: Uint8Array<ArrayBuffer>): void {
  check(
    libc.sched_setaffinity(0, BigInt(MASK_SIZE), mask),
    "sched_setaffinity",
  );
}

function check(result: number, syscall: string): void {
  const errno = -orErrno(result);
  if (errno <= 0) return;
  throw new SystemError("Cannot keep this thread on one processor", {
    errno,
    syscall,
  });
}
