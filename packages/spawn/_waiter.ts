/**
 * Waiting for all descriptors of this thread's children at once, their pidfds
 * and their pipes, without a thread for each.
 *
 * All are in one epoll(7) set, on which one call waits in Deno's pool of
 * threads. That call keeps the program alive. So when nothing is left to wait
 * for but what is unref'd it is woken, and not made again; a timer that keeps
 * nothing alive looks from time to time instead.
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
  look: {
    name: "epoll_wait",
    parameters: ["i32", "usize", "i32", "i32"],
    result: "i32",
  },
  wait: {
    name: "epoll_wait",
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
const EPOLL_CTL_MOD = 3;
const EPOLLONESHOT = 1 << 30;
const MAX_EVENTS = 64;
/** struct epoll_event is packed on x86_64 alone. */
const EVENT_LAYOUT = {
  "x86_64": { size: 12, data: 4 },
  "aarch64": { size: 16, data: 8 },
} as const;

/** A descriptor can be read, or a process has ended. */
export const EPOLLIN = 1;
/** A descriptor can be written. */
export const EPOLLOUT = 4;

/**
 * How long the call in the pool waits at most, in milliseconds: that of a Worker
 * that was terminated would hold its thread of the pool for ever.
 */
const LONGEST_WAIT = 10_000;

/** After how many milliseconds the timer looks, and when nothing happened. */
const LOOK_AFTER = { least: 1, most: 50 };

/** The number of the eventfd by which the call in the pool is woken. */
const WAKE = 0;

/** What waits for something, by number. */
const waiting = new Map<number, Watch>();
let lastNumber = WAKE;
/** How many of them keep the program alive. */
let refCount = 0;
let isInPool = false;
let timer: ReturnType<typeof setTimeout> | undefined;
let delay = LOOK_AFTER.least;

/** The set, and the memory for what epoll_wait(2) tells. */
interface EventSet {
  epoll: number;
  wake: number;
  events: bigint;
}

let eventSet: EventSet | undefined;

/** Waits for one descriptor, which no other one may wait for. */
export class Watch {
  #fd: number;
  #events: number;
  #happened: () => void;
  // The set tells this number, not that of the descriptor: an old one of the
  // same number may still be in it, where a child has a copy.
  #number = ++lastNumber;
  #isRef = true;
  #isInSet = false;

  /**
   * @param events EPOLLIN or EPOLLOUT.
   * @param happened Called once for each `wait()`, and sometimes in vain.
   */
  constructor(fd: number, events: number, happened: () => void) {
    this.#fd = fd;
    this.#events = events;
    this.#happened = happened;
  }

  /** Begins to wait. */
  wait(): void {
    const operation = this.#isInSet ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    control(open().epoll, operation, this.#fd, {
      events: this.#events | EPOLLONESHOT,
      number: this.#number,
    });
    this.#isInSet = true;
    waiting.set(this.#number, this);
    if (this.#isRef) refCount++;
    update();
  }

  /** Waits no more, as before the descriptor is closed. */
  stop(): void {
    this.#forget();
    update();
  }

  #forget(): void {
    if (waiting.delete(this.#number) && this.#isRef) refCount--;
  }

  /** Sets whether waiting keeps the program alive, as it does at first. */
  setRef(isRef: boolean): void {
    if (this.#isRef === isRef) return;
    this.#isRef = isRef;
    if (!waiting.has(this.#number)) return;
    refCount += isRef ? 1 : -1;
    update();
  }

  /** Called when what it waits for has happened; `update()` is to follow. */
  happen(): void {
    this.#forget();
    this.#happened();
  }
}

/** Chooses the way to wait that suits what is left to wait for. */
function update(): void {
  if (refCount > 0 && !isInPool) waitInPool();
  else if (refCount === 0 && isInPool) wakeUp();
  const wantsTimer = !isInPool && waiting.size > 0;
  if (wantsTimer && timer === undefined) {
    startTimer();
  } else if (!wantsTimer && timer !== undefined) {
    clearTimeout(timer);
    timer = undefined;
  }
}

async function waitInPool(): Promise<void> {
  const { epoll, events } = open();
  isInPool = true;
  // Its errno is another thread's, but it can only be EINTR.
  const found = await libc.wait(epoll, events, MAX_EVENTS, LONGEST_WAIT);
  isInPool = false;
  tell(found);
  update();
}

function startTimer(): void {
  timer = setTimeout(() => {
    timer = undefined;
    const { epoll, events } = open();
    const found = libc.look(epoll, events, MAX_EVENTS, 0);
    delay = found > 0 ? LOOK_AFTER.least : Math.min(2 * delay, LOOK_AFTER.most);
    tell(found);
    update();
  }, delay);
  Deno.unrefTimer(timer);
}

/** Tells those who wait what epoll_wait(2) told. */
function tell(found: number): void {
  if (found <= 0) return;
  const { wake, events } = open();
  const { size, data } = EVENT_LAYOUT[arch()];
  const view = new DataView(readMemory(events, found * size).buffer);
  for (let i = 0; i < found; i++) {
    const number = view.getUint32(i * size + data, true);
    if (number === WAKE) libc.read(wake, new Uint8Array(8), 8n);
    else waiting.get(number)?.happen();
  }
}

function wakeUp(): void {
  libc.write(open().wake, new BigUint64Array([1n]), 8n);
}

/** Makes the set, once a thread, and for as long as the thread lives. */
function open(): EventSet {
  if (eventSet !== undefined) return eventSet;
  using made = new DisposableStack();
  const epoll = made.adopt(
    checked(orErrno(libc.epoll_create1(O_CLOEXEC)), "epoll_create1"),
    closeFile,
  );
  const wake = made.adopt(
    checked(orErrno(libc.eventfd(0, O_CLOEXEC)), "eventfd"),
    closeFile,
  );
  const events = made.use(new Arena()).allocate(MAX_EVENTS * 16);
  control(epoll, EPOLL_CTL_ADD, wake, { events: EPOLLIN, number: WAKE });
  made.move();
  return eventSet = { epoll, wake, events };
}

function control(
  epoll: number,
  operation: number,
  fd: number,
  { events, number }: { events: number; number: number },
): void {
  const { size, data } = EVENT_LAYOUT[arch()];
  const event = new DataView(new ArrayBuffer(size));
  event.setUint32(0, events, true);
  event.setUint32(data, number, true);
  checked(orErrno(libc.epoll_ctl(epoll, operation, fd, event)), "epoll_ctl");
}

function checked(result: number, syscall: string): number {
  if (result >= 0) return result;
  throw new SystemError("Cannot wait for children", {
    errno: -result,
    syscall,
  });
}
