import {
  lazySymbols,
  orErrno,
  SystemError,
  wasInterrupted,
} from "@procctl/libc";
import { arch } from "@procctl/libc/library";
import { syscallNumber } from "@procctl/syscalls";
import type { Task } from "./_task.ts";
import {
  __WALL,
  __WNOTHREAD,
  PTRACE_EVENT_EXEC,
  PTRACE_EVENT_EXIT,
  WNOHANG,
} from "./constants.ts";

const libc = lazySymbols({
  // int waitid(idtype_t idtype, id_t id, siginfo_t *infop, int options)
  waitid: { parameters: ["i32", "i32", "buffer", "i32"], result: "i32" },
  // pid_t wait4(pid_t pid, int *status, int options, struct rusage *)
  wait4: { parameters: ["i32", "usize", "i32", "buffer"], result: "i32" },
  // long syscall(SYS_waitid, int, pid_t, siginfo_t *, int, struct rusage *)
  waitidWithUsage: {
    name: "syscall",
    parameters: ["i64", "i32", "i32", "buffer", "i32", "buffer"],
    result: "i32",
  },
  // int sched_yield(void)
  sched_yield: { parameters: [], result: "i32" },
  // int poll(struct pollfd *fds, nfds_t nfds, int timeout)
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
});

const P_ALL = 0;
const P_PID = 1;
const WSTOPPED = 2;
const WEXITED = 4;
const WNOWAIT = 0x01000000;
const PEEK = WEXITED | WSTOPPED | WNOWAIT | __WALL | __WNOTHREAD;
const TAKE = WSTOPPED | WNOHANG | __WALL | __WNOTHREAD;
const LOOK = WEXITED | WNOWAIT | WNOHANG | __WALL;

const ECHILD = 10;

const CLD_EXITED = 1;
const CLD_DUMPED = 3;
const CLD_TRAPPED = 4;
const CLD_STOPPED = 5;
/** siginfo_t, and where it tells what happened, to whom, and how. */
const info = new Int32Array(new ArrayBuffer(128));
const CODE = 2;
const PID = 4;
const STATUS = 6;

/** How often one task may come first in a row, before others are looked for. */
const MOST_IN_A_ROW = 16;
/** So many times it only lets others run, while a stranger stands in front. */
const YIELDS = 50;
/** Not longer than so many milliseconds: where many run, each takes its time. */
const PATIENCE = 1;
/** After how many milliseconds it looks again for a task that takes its time. */
const LONGEST = 20;

/** How often it looks before it says that it waits. */
const LOOKS = 20;

/** Nothing has happened yet. */
export const NOTHING = 0;
/** There is nobody to wait for. */
export const NOBODY = -1;

/**
 * Waits for the next task of some to which something happens, and takes nothing
 * from anybody else.
 *
 * It looks at what the kernel would tell, and leaves it there. A stop needs not
 * be taken: the request that lets the task go on wipes it out. That saves a
 * system call for each stop. Only at the exec of another thread all requests
 * fail with ESRCH until it was taken, since Linux 5.13.
 */
export class TaskWaiter {
  /** What happened, as wait(2) has it. */
  status = 0;
  /** A task that is ending, and may be lost before that is found; or 0. */
  fleeting = 0;
  #tasks: ReadonlyMap<number, Task>;
  #adopts: (tid: number, status: number) => boolean;
  #isLost: () => boolean;
  #idle: (() => void) | undefined;
  #last = 0;
  #inARow = 0;
  /** Tasks whose stop was taken, and the statuses. */
  #taken: [tid: number, status: number][] = [];

  /**
   * @param adopts Whether a task is one of them, of which they do not know yet.
   * @param isLost Whether the fleeting one will not be found any more.
   * @param idle Called before it waits for what does not happen soon.
   */
  constructor(
    tasks: ReadonlyMap<number, Task>,
    adopts: (tid: number, status: number) => boolean,
    isLost: () => boolean,
    idle?: () => void,
  ) {
    this.#idle = idle;
    this.#tasks = tasks;
    this.#adopts = adopts;
    this.#isLost = isLost;
  }

  /**
   * Waits for the next.
   *
   * @param alone The only task, if none can be made: it is then waited for even
   * if a stranger stands in front.
   * @returns Its number; or NOBODY, also if the fleeting one is lost.
   */
  wait(alone: () => number): number {
    const soon = this.#lookAround();
    if (soon !== NOTHING) return soon;
    const isFleeting = this.fleeting !== 0;
    let yields = YIELDS;
    let since = 0;
    for (let round = 0;; round++) {
      const tid = this.#look(isFleeting ? WNOHANG : 0);
      if (tid !== NOTHING) return tid;
      if (isFleeting && this.#isLost()) return NOBODY;
      const only = isFleeting ? 0 : alone();
      if (only !== 0) return this.#takeExec(this.#peek(P_PID, only, 0));
      if (round === 0) since = performance.now();
      else if (performance.now() - since > PATIENCE) yields = 0;
      if (round < yields) letOthersRun();
      else libc.poll(null, 0n, isFleeting ? Math.min(1 + round, LONGEST) : 1);
    }
  }

  /**
   * Looks for as long as most tasks run between two stops, and then says that it
   * may take longer. That costs no more than to be woken.
   */
  #lookAround(): number {
    if (this.#idle === undefined) return NOTHING;
    const since = performance.now();
    for (let look = 0; look < LOOKS; look++) {
      letOthersRun();
      const tid = this.#look(WNOHANG);
      if (tid !== NOTHING) return tid;
      if (performance.now() - since > PATIENCE) break;
    }
    this.#idle();
    return NOTHING;
  }

  /** The same without waiting: NOTHING if nothing has happened. */
  poll(): number {
    return this.#look(WNOHANG);
  }

  /** Waits until a task is stopped, or has ended, and leaves it to be told. */
  awaitStop = (tid: number): void => {
    this.#peek(P_PID, tid, 0);
  };

  /**
   * Takes a stop that was looked at, so that others can be seen. What became of
   * the task in the meantime counts: if it was killed, its end is not taken; if
   * another thread has executed a program, it is at that exec now.
   */
  take(tid: number): void {
    const { status } = this;
    if (this.#wait(P_PID, tid, TAKE) !== tid) this.status = status;
  }

  /** Takes an end that was looked at, and what the task has used. */
  reap(tid: number, usage: BigInt64Array<ArrayBuffer> | null): void {
    libc.wait4(tid, 0n, WNOHANG | __WALL, usage);
  }

  /**
   * Looks at what a task has used that has ended, and leaves its end to others.
   *
   * @returns Whether they had not taken it before.
   */
  lookAtUsage(tid: number, usage: BigInt64Array<ArrayBuffer>): boolean {
    const number = BigInt(syscallNumber("waitid", arch())!);
    info[PID] = 0;
    libc.waitidWithUsage(number, P_PID, tid, info, LOOK, usage);
    return info[PID] === tid;
  }

  /** Whether a task is stopped at its end. */
  isEnding(tid: number): boolean {
    return this.#peek(P_PID, tid, WNOHANG) === tid &&
      this.status >> 16 === PTRACE_EVENT_EXIT;
  }

  /** Whether a task is neither traced nor to be waited for any more. */
  isGone(tid: number): boolean {
    return this.#peek(P_PID, tid, WNOHANG) === NOBODY;
  }

  #look(flags: number): number {
    return this.#takeExec(this.#find(flags));
  }

  #takeExec(tid: number): number {
    if (tid > 0 && this.status >> 16 === PTRACE_EVENT_EXEC) this.take(tid);
    return tid;
  }

  #find(flags: number): number {
    for (
      let taken = this.#taken.shift();
      taken !== undefined;
      taken = this.#taken.shift()
    ) {
      [, this.status] = taken;
      if (this.#tasks.has(taken[0])) return taken[0];
    }
    const tid = this.#peek(P_ALL, 0, flags);
    if (tid <= 0) return tid;
    if (this.#tasks.has(tid)) return this.#inTurn(tid);
    // A child that is stopped, and not traced: it may have been until now.
    const isStranger = info[CODE] === CLD_STOPPED;
    const { status } = this;
    const swept = this.#sweep();
    if (swept !== NOTHING || isStranger) return swept;
    if (!this.#adopts(tid, status)) return NOTHING;
    this.status = status;
    return tid;
  }

  /**
   * The kernel tells of the first in its list. So that one which is always
   * stopped again at once does not keep the others from their turn, they are
   * looked for from time to time.
   */
  #inTurn(tid: number): number {
    if (tid !== this.#last) {
      this.#last = tid;
      this.#inARow = 0;
      return tid;
    }
    if (++this.#inARow < MOST_IN_A_ROW || this.#tasks.size === 1) return tid;
    this.#inARow = 0;
    const isEnd = (this.status & 0xff) !== 0x7f;
    if (isEnd) return tid;
    this.take(tid);
    const { status } = this;
    const other = this.#peek(P_ALL, 0, WNOHANG);
    if (other <= 0 || !this.#tasks.has(other)) {
      this.status = status;
      return tid;
    }
    this.#taken.push([tid, status]);
    return this.#last = other;
  }

  /** Asks each task, as somebody who is none stands in front of them. */
  #sweep(): number {
    for (const tid of this.#tasks.keys()) {
      if (this.#peek(P_PID, tid, WNOHANG) === tid) return tid;
    }
    return NOTHING;
  }

  #peek(type: number, id: number, flags: number): number {
    return this.#wait(type, id, PEEK | flags);
  }

  #wait(type: number, id: number, flags: number): number {
    for (;;) {
      info[PID] = 0;
      const result = orErrno(libc.waitid(type, id, info, flags));
      if (result === 0) break;
      if (result === -ECHILD) return NOBODY;
      if (!wasInterrupted(result)) {
        throw new SystemError("Cannot wait for tasks", {
          errno: -result,
          syscall: "waitid",
        });
      }
    }
    this.status = toStatus(info[CODE]!, info[STATUS]!);
    return info[PID]!;
  }
}

/** Lets what waits for this processor have it. */
export function letOthersRun(): void {
  libc.sched_yield();
}

/** What waitid(2) tells, in the form of wait(2). */
function toStatus(code: number, status: number): number {
  switch (code) {
    case CLD_TRAPPED:
      return (status << 8) | 0x7f;
    case CLD_EXITED:
      return (status & 0xff) << 8;
    case CLD_DUMPED:
      return status | 0x80;
    default:
      return status;
  }
}
