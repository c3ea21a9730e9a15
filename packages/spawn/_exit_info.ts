import { lazySymbols } from "@procctl/libc";

const libc = lazySymbols({
  // int ioctl(int fd, unsigned long request, void *argument)
  ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
  // int poll(struct pollfd *fds, nfds_t nfds, int timeout)
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
});

const PIDFD_GET_INFO = 0xc040ff0bn;
const PIDFD_INFO_EXIT = 8n;
/** struct pidfd_info: what is asked for, and then told, and the status. */
const INFO_SIZE = 64;
const MASK_OFFSET = 0;
const STATUS_OFFSET = 60;

/** More than it takes the kernel from a process's end to its removal. */
const REMOVED_AFTER = 1000;

/**
 * The status of a process that is gone, in the form of wait(2): the kernel
 * keeps it for those who have a pidfd, though the parent did not want it.
 *
 * @returns The status, or undefined before Linux 6.15.
 */
export function exitStatusOf(pidfd: number): number | undefined {
  const info = new DataView(new ArrayBuffer(INFO_SIZE));
  for (const isLastTry of [false, true]) {
    info.setBigUint64(MASK_OFFSET, PIDFD_INFO_EXIT, true);
    if (libc.ioctl(pidfd, PIDFD_GET_INFO, info) !== 0) return undefined;
    const told = info.getBigUint64(MASK_OFFSET, true) & PIDFD_INFO_EXIT;
    if (told !== 0n) return info.getInt32(STATUS_OFFSET, true);
    // It has ended, and is no child any more, but is only about to be removed.
    if (!isLastTry) waitForRemoval(pidfd);
  }
  return undefined;
}

/** Waits for POLLHUP alone, which needs not be asked for. */
function waitForRemoval(pidfd: number): void {
  const poll = new DataView(new ArrayBuffer(8));
  poll.setInt32(0, pidfd, true);
  libc.poll(poll, 1n, REMOVED_AFTER);
}
