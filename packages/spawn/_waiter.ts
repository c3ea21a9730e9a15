/**
 * Waiting for the ends of all children of this thread at once, without a
 * thread for each.
 *
 * Every pidfd is in one epoll(7) set, on which one call waits in Deno's pool of
 * threads. That call keeps the program alive. So when all the children that are
 * left are unref'd it is woken, and not made again; a timer that keeps nothing
 * alive looks at them from time to time instead.
 *
 * @module
 */

import {
  Arena,
  closeFile,
  lazySymbols,
  O_CLOEXEC,
  orErrno,
  readMemory,
  SystemError,
} from "@procctl/libc";
import { arch } from "@procctl/libc/library";

const libc = lazySymbols({
  // int epoll_create1(int flags)
  epoll_create1: { parameters: ["i32"], result: "i32" },
  // int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  // int epoll_wait(int epfd, struct epoll_event *, int maxevents, int timeout)
  epoll_wait: {
    parameters: ["i32", "usize", "i32", "i32"],
    result: "i32",
    nonblocking: true,
  },
  // int eventfd(unsigned initval, int flags)
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  // ssize_t read(int fd, void *buf, size_t count)
  read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  // ssize_t write(int fd, const void *buf, size_t count)
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
});

const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLLIN = 1;
const MAX_EVENTS = 64;
const LOOK_EVERY = 50;

/** struct epoll_event is packed on x86_64 alone. */
const EVENT_LAYOUT = {
  "x86_64": { size: 12, data: 4 },
  "aarch64": { size: 16, data: 8 },
} as const;

/** A child that is waited for. */
interface Watched {
  /** Called when it may have ended. Says whether it has. */
  look: () => boolean;
  /** Whether it keeps the program alive. */
  isRef: boolean;
}

const watched = new Map<number, Watched>();
let refCount = 0;
let isWaiting = false;
let timer: ReturnType<typeof setInterval> | undefined;
let descriptors: { epoll: number; wake: number } | undefined;
let events: bigint;

/**
 * Watches a process until it has ended, and then closes its pidfd.
 *
 * @param look Called when it may have ended, and says whether it has.
 */
export function watch(pidfd: number, look: () => boolean): void {
  control(EPOLL_CTL_ADD, pidfd);
  watched.set(pidfd, { look, isRef: true });
  refCount++;
  update();
}

/** Sets whether a process that is watched keeps the program alive. */
export function setRef(pidfd: number, isRef: boolean): void {
  const child = watched.get(pidfd);
  if (child === undefined || child.isRef === isRef) return;
  child.isRef = isRef;
  refCount += isRef ? 1 : -1;
  update();
}

function lookAt(pidfd: number): void {
  const child = watched.get(pidfd);
  if (child === undefined || !child.look()) return;
  watched.delete(pidfd);
  if (child.isRef) refCount--;
  // To close it is not enough: while another child is made that one has a copy.
  control(EPOLL_CTL_DEL, pidfd);
  closeFile(pidfd);
}

/** Chooses the way to wait that suits what is left to wait for. */
function update(): void {
  const wantsTimer = refCount === 0 && watched.size > 0;
  if (wantsTimer && timer === undefined) {
    const started = setInterval(lookAtAll, LOOK_EVERY);
    Deno.unrefTimer(started);
    timer = started;
  } else if (!wantsTimer && timer !== undefined) {
    clearInterval(timer);
    timer = undefined;
  }
  if (refCount > 0 && !isWaiting) waitForEvents();
  else if (refCount === 0 && isWaiting) wakeUp();
}

function lookAtAll(): void {
  for (const pidfd of [...watched.keys()]) lookAt(pidfd);
  update();
}

async function waitForEvents(): Promise<void> {
  isWaiting = true;
  const { epoll, wake } = open();
  const { size, data } = EVENT_LAYOUT[arch()];
  while (refCount > 0) {
    // Its errno is another thread's: the one error that it can have, EINTR,
    // shows as no events.
    const count = await libc.epoll_wait(epoll, events, MAX_EVENTS, -1);
    if (count <= 0) continue;
    const view = new DataView(readMemory(events, count * size).buffer);
    for (let i = 0; i < count; i++) {
      const fd = view.getInt32(i * size + data, true);
      if (fd === wake) libc.read(wake, new Uint8Array(8), 8n);
      else lookAt(fd);
    }
  }
  isWaiting = false;
  update();
}

function wakeUp(): void {
  libc.write(open().wake, new BigUint64Array([1n]), 8n);
}

/** Makes the set, once a thread, and for as long as the thread lives. */
function open(): { epoll: number; wake: number } {
  if (descriptors !== undefined) return descriptors;
  const epoll = checked(
    orErrno(libc.epoll_create1(O_CLOEXEC)),
    "epoll_create1",
  );
  const wake = checked(orErrno(libc.eventfd(0, O_CLOEXEC)), "eventfd");
  events = new Arena().allocate(MAX_EVENTS * 16);
  descriptors = { epoll, wake };
  control(EPOLL_CTL_ADD, wake);
  return descriptors;
}

function control(operation: number, fd: number): void {
  const { epoll } = open();
  const { size, data } = EVENT_LAYOUT[arch()];
  const event = new DataView(new ArrayBuffer(size));
  event.setUint32(0, EPOLLIN, true);
  event.setInt32(data, fd, true);
  checked(orErrno(libc.epoll_ctl(epoll, operation, fd, event)), "epoll_ctl");
}

function checked(result: number, syscall: string): number {
  if (result >= 0) return result;
  throw new SystemError("Cannot wait for children", {
    errno: -result,
    syscall,
  });
}
