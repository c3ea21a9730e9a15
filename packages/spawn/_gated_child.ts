import {
  type Arena,
  closeFile,
  lazySymbols,
  orErrno,
  readMemory,
  SystemError,
} from "@procctl/libc";
import type { Cloned } from "./_clone.ts";
import { sendSignal, waitForZero } from "./_syscall.ts";
import { reap } from "./_wait.ts";

const libc = lazySymbols({
  // ssize_t write(int fd, const void *buf, size_t count)
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  // int poll(struct pollfd *fds, nfds_t nfds, int timeout)
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
});

const SIGKILL = 9;
const POLLIN = 1;
/** How often an end is looked for that was not told, in milliseconds. */
const LOOK_EVERY = 20;

/** What a gated child is made of. */
export interface GatedParts {
  child: Cloned;
  arena: Arena;
  /** The end of the gate's pipe that opens it. */
  gate: number;
  /** Why it stopped; undefined if it executed its program. */
  failure: () => SystemError | undefined;
  /** Gives back what this process lacks while the child is on its memory. */
  dumpable: Disposable;
}

/**
 * A child that waits at a gate before it takes its steps, so that its parent
 * can do something about it first: trace it, or write its user map.
 *
 * While it waits it is on this process's memory, and it ends with the thread
 * that made it.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec } from "@procctl/spawn/steps";
 *
 * const program = new ChildProgram()
 *   .add(exec("/bin/sh", ["sh", "-c", "echo through"], {}));
 * using child = program.startAtGate();
 * child.open();
 * child.executed(); // prints: through
 * ```
 */
export class GatedChild implements Disposable {
  /** Its process number. */
  readonly pid: number;
  /** A descriptor of it, close-on-exec. It is the caller's to close. */
  readonly pidfd: number;
  #parts: GatedParts;
  #opened = false;
  #settled = false;

  /**
   * Not for use: {@linkcode ChildProgram.startAtGate} makes them.
   *
   * @param parts What it is made of.
   */
  constructor(parts: GatedParts) {
    this.#parts = parts;
    this.pid = parts.child.pid;
    this.pidfd = parts.child.pidfd;
  }

  /**
   * Lets the child through the gate.
   *
   * @throws {TypeError} If it was let through before.
   *
   * @example Usage
   * ```ts
   * import { ChildProgram } from "@procctl/spawn/child-program";
   * import { exec } from "@procctl/spawn/steps";
   *
   * using child = new ChildProgram().add(exec("/bin/true", ["true"], {})).startAtGate();
   * child.open();
   * ```
   */
  open(): void {
    if (this.#opened) {
      throw new TypeError("Cannot open the gate of a child again");
    }
    this.#opened = true;
    libc.write(this.#parts.gate, new Uint8Array(1), 1n);
  }

  /**
   * Waits until the child has executed its program. It stops this thread, so a
   * tracer that has still to let the child go on must not call it.
   *
   * @throws {SystemError} If a step failed. The child is then gone.
   * @throws {TypeError} If the gate is still closed.
   *
   * @example Usage
   * ```ts
   * import { ChildProgram } from "@procctl/spawn/child-program";
   * import { exec } from "@procctl/spawn/steps";
   *
   * using child = new ChildProgram().add(exec("/nonexistent", ["x"], {})).startAtGate();
   * child.open();
   * try {
   *   child.executed();
   * } catch (error) {
   *   console.log((error as Error).message); // prints: Cannot execute "/nonexistent": No such file or directory: ENOENT
   * }
   * ```
   */
  executed(): void {
    if (!this.#opened) {
      throw new TypeError("Cannot wait for a child whose gate is closed");
    }
    if (this.#settled) return;
    while (this.isPreparing() && !this.#hasEnded()) {
      waitForZero(this.#parts.child.inUse, 1, LOOK_EVERY);
    }
    const failure = this.#parts.failure();
    this.#settle();
    if (failure === undefined) return;
    reapQuietly(this.pid);
    closeFile(this.pidfd);
    throw failure;
  }

  /**
   * Whether the child has still not executed its program, nor ended.
   *
   * @returns Whether it is on this process's memory.
   *
   * @example Usage
   * ```ts
   * import { ChildProgram } from "@procctl/spawn/child-program";
   * import { exec } from "@procctl/spawn/steps";
   *
   * using child = new ChildProgram().add(exec("/bin/true", ["true"], {})).startAtGate();
   * console.log(child.isPreparing()); // prints: true
   * ```
   */
  isPreparing(): boolean {
    if (this.#settled) return false;
    return readMemory(this.#parts.child.inUse, 1)[0] === 1;
  }

  /**
   * Ends the child if it has not executed its program, and gives back what it
   * took. After {@linkcode executed} it does nothing: the child goes on.
   *
   * @example Usage
   * ```ts
   * import { ChildProgram } from "@procctl/spawn/child-program";
   * import { exec } from "@procctl/spawn/steps";
   *
   * using child = new ChildProgram().add(exec("/bin/echo", ["echo", "never"], {})).startAtGate();
   * ```
   */
  [Symbol.dispose](): void {
    if (this.#settled) return;
    const isPreparing = this.isPreparing();
    if (isPreparing) sendSignal(this.pidfd, SIGKILL);
    // One that has left this memory without its program has ended.
    const hasNoProgram = isPreparing || !this.#opened ||
      this.#parts.failure() !== undefined;
    if (hasNoProgram) reapQuietly(this.pid);
    this.#settle();
    if (hasNoProgram) closeFile(this.pidfd);
  }

  #hasEnded(): boolean {
    const poll = new DataView(new ArrayBuffer(8));
    poll.setInt32(0, this.pidfd, true);
    poll.setInt16(4, POLLIN, true);
    return orErrno(libc.poll(poll, 1n, 0)) === 1;
  }

  #settle(): void {
    this.#settled = true;
    this.#parts.dumpable[Symbol.dispose]();
    closeFile(this.#parts.gate);
    this.#parts.arena[Symbol.dispose]();
  }
}

/** Reaps a child whose status nobody asked for. */
export function reapQuietly(pid: number): void {
  const ECHILD = 10;
  try {
    reap(pid);
  } catch (error) {
    // Where SIGCHLD is ignored the kernel has done it.
    if (!(error instanceof SystemError) || error.errno !== ECHILD) throw error;
  }
}
