import {
  closeFile,
  lazySymbols,
  orErrno,
  signalName,
  SystemError,
  wasInterrupted,
} from "@procctl/libc";

const libc = lazySymbols({
  // pid_t waitpid(pid_t pid, int *status, int options)
  waitpid: { parameters: ["i32", "buffer", "i32"], result: "i32" },
  // long syscall(SYS_pidfd_open, pid_t pid, unsigned flags)
  pidfd_open: {
    name: "syscall",
    parameters: ["i64", "i32", "u32"],
    result: "i32",
  },
  // int poll(struct pollfd *fds, nfds_t nfds, int timeout)
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
});

const SYS_PIDFD_OPEN = 434n;
const POLLIN = 1;

/** How a process ended. */
export interface Ending {
  /** Its exit status, or 128 and its signal's number, as a shell gives it. */
  code: number;
  /** The signal that ended it, if one did. */
  signal: string | null;
}

/** Waits for a child's end without reaping it; false if it took too long. */
export function awaitExit(pid: number, timeout: number): boolean {
  const pidfd = orErrno(libc.pidfd_open(SYS_PIDFD_OPEN, pid, 0));
  const poll = new DataView(new ArrayBuffer(8));
  poll.setInt32(0, pidfd, true);
  poll.setInt16(4, POLLIN, true);
  let ready: number;
  do ready = orErrno(libc.poll(poll, 1n, timeout)); while (
    wasInterrupted(ready)
  );
  closeFile(pidfd);
  return ready === 1;
}

export function reap(pid: number): number {
  const status = new Int32Array(new ArrayBuffer(4));
  const result = orErrno(libc.waitpid(pid, status, 0));
  if (result === pid) return status[0]!;
  throw new SystemError(`Cannot wait for process ${pid}`, {
    errno: -result,
    syscall: "waitpid",
  });
}

/** WIFEXITED and its kin, for a process that ended. */
export function decodeStatus(status: number): Ending {
  const signal = status & 0x7f;
  if (signal === 0) return { code: (status >> 8) & 0xff, signal: null };
  return { code: 128 + signal, signal: signalName(signal) };
}
