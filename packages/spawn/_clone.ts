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
  // int prctl(int option, unsigned long arg2, ...)
  prctl: { parameters: ["i32", "u64", "u64", "u64", "u64"], result: "i32" },
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
  const pid = orErrno(
    libc.clone(stub, stack, flags, table, pidfd, 0n, inUse),
  );
  setSignalMask(mask);
  if (pid < 0) return pid;
  const [fd] = new Int32Array(readMemory(pidfd, 4).buffer);
  return { pid, pidfd: fd!, inUse };
}

const PR_GET_DUMPABLE = 3;
const PR_SET_DUMPABLE = 4;

/**
 * Whether others may look into this process, as it was before its children.
 *
 * One that changes its user takes that right from the memory it runs on, which
 * is ours too. It is given back only when the child has left that memory, so
 * that its new user cannot look into ours through it.
 */
export function keepDumpable(): { restore(): void } {
  const before = libc.prctl(PR_GET_DUMPABLE, 0n, 0n, 0n, 0n);
  return {
    restore() {
      if (before !== 1) return;
      if (libc.prctl(PR_GET_DUMPABLE, 0n, 0n, 0n, 0n) === 1) return;
      libc.prctl(PR_SET_DUMPABLE, 1n, 0n, 0n, 0n);
    },
  };
}
