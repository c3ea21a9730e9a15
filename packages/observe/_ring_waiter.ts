/**
 * Waiting for rings to fill, and for tasks to end.
 *
 * @module
 */

import {
  closeFile,
  lazySymbols,
  O_CLOEXEC,
  orErrno,
  SystemError,
} from "@procctl/libc";
import { arch } from "@procctl/libc/library";
import { DescriptorWatch } from "@procctl/spawn/watch";

const libc = lazySymbols({
  // int epoll_create1(int flags)
  epoll_create1: { parameters: ["i32"], result: "i32" },
  // int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  // int epoll_wait(int epfd, struct epoll_event *, int maxevents, int timeout)
  epoll_wait: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32" },
});

const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLLIN = 1;
const EPOLLHUP = 0x10;
const MAX_EVENTS = 64;
/** struct epoll_event is packed on x86_64 alone. */
const EVENT_LAYOUT = {
  "x86_64": { size: 12, data: 4 },
  "aarch64": { size: 16, data: 8 },
} as const;

/**
 * A set of its own, in which rings and lifetimes are. A set can be waited for
 * like any descriptor, so that one watch serves for all.
 */
export class RingWaiter implements Disposable {
  #epoll: number;
  #watch: DescriptorWatch | undefined;
  #lifetimes = new Set<number>();
  #layout = EVENT_LAYOUT[arch()];
  #events = new DataView(new ArrayBuffer(MAX_EVENTS * this.#layout.size));

  constructor() {
    this.#epoll = checked(
      orErrno(libc.epoll_create1(O_CLOEXEC)),
      "epoll_create1",
    );
  }

  /** Begins to wait for a ring, by the descriptor of its event. */
  addRing(fd: number): void {
    this.#control(EPOLL_CTL_ADD, fd, EPOLLIN);
  }

  removeRing(fd: number): void {
    this.#control(EPOLL_CTL_DEL, fd, 0);
  }

  /**
   * Begins to wait for a task's end, and that of all that it makes: then an
   * event of it hangs up.
   *
   * @param fd The event, which must have a ring: one without has hung up.
   */
  addLifetime(fd: number): void {
    // To ask an event takes what was to be told of its ring: it is told here.
    this.#control(EPOLL_CTL_ADD, fd, EPOLLIN);
    this.#lifetimes.add(fd);
  }

  /** Whether all have ended that were added, as far as it was told. */
  get hasEnded(): boolean {
    return this.#lifetimes.size === 0;
  }

  /** Waits, while this thread stands still. */
  waitSync(timeout: number): void {
    const { size, data } = this.#layout;
    // A signal ends it early, which does no harm.
    const found = libc.epoll_wait(
      this.#epoll,
      this.#events,
      MAX_EVENTS,
      Math.ceil(timeout),
    );
    for (let i = 0; i < found; i++) {
      const events = this.#events.getUint32(i * size, true);
      const fd = this.#events.getUint32(i * size + data, true);
      if ((events & EPOLLHUP) !== 0 && this.#lifetimes.delete(fd)) {
        this.#control(EPOLL_CTL_DEL, fd, 0);
      }
    }
  }

  /** Waits, while other things may go on. */
  async wait(timeout: number): Promise<void> {
    this.#watch ??= new DescriptorWatch(this.#epoll);
    await this.#watch.readable(timeout);
    this.waitSync(0);
  }

  #control(operation: number, fd: number, events: number): void {
    const event = new DataView(new ArrayBuffer(this.#layout.size));
    event.setUint32(0, events, true);
    event.setUint32(this.#layout.data, fd, true);
    checked(
      orErrno(libc.epoll_ctl(this.#epoll, operation, fd, event)),
      "epoll_ctl",
    );
  }

  [Symbol.dispose](): void {
    this.#watch?.[Symbol.dispose]();
    closeFile(this.#epoll);
  }
}

function checked(result: number, syscall: string): number {
  if (result >= 0) return result;
  throw new SystemError("Cannot wait for what is observed", {
    errno: -result,
    syscall,
  });
}
