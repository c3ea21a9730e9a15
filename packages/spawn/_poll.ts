import { lazySymbols, orErrno, wasInterrupted } from "@procctl/libc";

const libc = lazySymbols({
  // int poll(struct pollfd *fds, nfds_t nfds, int timeout)
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
});

const POLLIN = 1;

/**
 * Waits until a descriptor can be read, or the process of a pidfd has ended.
 *
 * @param timeout The milliseconds that it waits at the most.
 * @returns Whether it is so.
 */
export function pollOne(fd: number, timeout: number): boolean {
  const entry = new DataView(new ArrayBuffer(8));
  entry.setInt32(0, fd, true);
  entry.setInt16(4, POLLIN, true);
  let ready: number;
  do ready = orErrno(libc.poll(entry, 1n, timeout)); while (
    wasInterrupted(ready)
  );
  return ready === 1;
}
