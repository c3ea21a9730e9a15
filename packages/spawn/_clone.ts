import { type Arena, lazySymbols, orErrno, readMemory } from "@procctl/libc";
import { stubAddress } from "./_stub.ts";
import { setSignalMask, signalMask } from "./_syscall.ts";

const libc = lazySymbols({
  // int clone(int (*fn)(void *), void *stack, int flags, void *arg,
  //           pid_t *parent_tid, void *tls, pid_t *child_tid)
  clone: {
    parameters: ["usize", "usize", "i32", "usize", "usize", "usize", "usize"],
    result: "i32",
  },
});

const SIGCHLD = 17;
const CLONE_VM = 0x100;
const CLONE_PIDFD = 0x1000;
const CLONE_VFORK = 0x4000;
const CLONE_CHILD_CLEARTID = 0x200000;

const ALL_SIGNALS = 2n ** 64n - 1n;

/** glibc puts two words on it, the stub nothing, and no signal gets through. */
const STACK_SIZE = 1024;

/** How a child is made. */
export interface CloneOptions {
  /** Whether this thread stops until the child has executed or ended. */
  wait: boolean;
  /** Namespaces that it is the first one in: CLONE_NEW* flags. */
  namespaces: number;
}

/** A child that was made. */
export interface Cloned {
  /** Its process number. */
  pid: number;
  /** A descriptor of it, close-on-exec. */
  pidfd: number;
  /**
   * The address of a number that the kernel makes 0, waking those who wait for
   * it there, when the child no longer uses this process's memory.
   */
  inUse: bigint;
}

/**
 * Makes a child that shares this process's memory and walks a table.
 *
 * All signals are blocked from before to after: one that came to the child
 * would run this program's handler in it, on this program's memory.
 *
 * @returns The child, or -errno.
 */
export function clone(
  arena: Arena,
  table: bigint,
  { wait, namespaces }: CloneOptions,
): Cloned | number {
  const stub = stubAddress();
  const stack = arena.allocate(STACK_SIZE) + BigInt(STACK_SIZE);
  const pidfd = arena.allocate(4);
  const inUse = arena.bytes(new Uint8Array([1, 0, 0, 0]));
  const flags = CLONE_VM | CLONE_PIDFD | CLONE_CHILD_CLEARTID | SIGCHLD |
    namespaces | (wait ? CLONE_VFORK : 0);
  const mask = signalMask();
  setSignalMask(ALL_SIGNALS);
  let pid: number;
  try {
    pid = orErrno(libc.clone(stub, stack, flags, table, pidfd, 0n, inUse));
  } finally {
    setSignalMask(mask);
  }
  if (pid < 0) return pid;
  const [fd] = new Int32Array(readMemory(pidfd, 4).buffer);
  return { pid, pidfd: fd!, inUse };
}
