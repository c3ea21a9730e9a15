import { Arena, lazySymbols } from "@procctl/libc";
import { ChildProgram, type GatedChild } from "@procctl/spawn/child-program";
import { exec } from "@procctl/spawn/steps";
import { __WALL } from "./constants.ts";

const libc = lazySymbols({
  // int waitid(idtype_t idtype, id_t id, siginfo_t *infop, int options)
  waitid: {
    parameters: ["i32", "i32", "usize", "i32"],
    result: "i32",
    nonblocking: true,
  },
  // int sched_yield(void)
  sched_yield: { parameters: [], result: "i32", nonblocking: true },
});

const P_ALL = 0;
const WSTOPPED = 2;
const WEXITED = 4;
const WNOWAIT = 0x01000000;
const PEEK = WEXITED | WSTOPPED | WNOWAIT | __WALL;
const SIGINFO_SIZE = 128;

/**
 * Waits on a thread of Deno's pool until something has happened to a child or
 * tracee of this program, and takes nothing from it. One call at a time.
 */
export class PoolWait {
  #arena: Arena | undefined;
  #pending: Promise<void> | undefined;

  /** Waits; in the meantime timers fire, and streams are read. */
  wait(): Promise<void> {
    return this.#pending ??= this.#wait().finally(() => {
      this.#pending = undefined;
    });
  }

  async #wait(): Promise<void> {
    this.#arena ??= new Arena();
    const info = this.#arena.allocate(SIGINFO_SIZE);
    // What it tells is asked for again, on the thread that traces.
    await libc.waitid(P_ALL, 0, info, PEEK);
    this.#arena[Symbol.dispose]();
    this.#arena = undefined;
  }

  /**
   * Ends the waiting, as nobody wants to know any more: the call would last
   * until another child ends, and keep this program alive.
   */
  async wake(): Promise<void> {
    if (this.#pending === undefined) return;
    using child = endAtOnce();
    child.open();
    await this.#pending;
  }
}

/** A child that ends as soon as it is let through: a folder is no program. */
function endAtOnce(): GatedChild {
  return new ChildProgram().add(exec("/", ["/"], {})).startAtGate();
}

/** Lets timers fire, and all else that is due. */
export async function turn(): Promise<void> {
  await libc.sched_yield();
}
