/**
 * Running a program to its end while nothing else happens.
 *
 * @module
 */

import {
  closeFile,
  lazySymbols,
  orErrno,
  type PathLike,
  SystemError,
  wasInterrupted,
} from "@procctl/libc";
import { concat } from "./_collect.ts";
import { prepare } from "./_prepare.ts";
import { reapQuietly } from "./_gated_child.ts";
import {
  checked,
  type EncodedRunOptions,
  encodeInput,
  encodeRunOptions,
} from "./_run.ts";
import { signalGroup } from "./_signal_group.ts";
import { start, type Started } from "./_start.ts";
import { sendSignal } from "./_syscall.ts";
import { reap } from "./_wait.ts";
import type { Completed, RunSyncOptions } from "./run_options.ts";

const libc = lazySymbols({
  // int poll(struct pollfd *fds, nfds_t nfds, int timeout)
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
  // ssize_t read(int fd, void *buf, size_t count)
  read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  // ssize_t write(int fd, const void *buf, size_t count)
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
});

const POLLIN = 1;
const POLLOUT = 4;
const EINTR = 4;
const EAGAIN = 11;
const EPIPE = 32;
const SIGTERM = 15;
const SIGKILL = 9;
const SIGCONT = 18;
const BUFFER_SIZE = 65536;

/**
 * Runs a program to its end as {@linkcode run} does, while this thread stands
 * still: no timer fires, no promise goes on.
 *
 * @param command The program: its name, or a path with a slash.
 * @param options How it is run.
 * @returns How it ended, and what it wrote.
 * @throws {SystemError} If it cannot be started, or its status is not to be had
 * (`ECHILD`): so it is before Linux 6.15 where SIGCHLD is ignored.
 * @throws {RunError} If it did not succeed and `check` is set.
 * @throws {TypeError} If an option cannot be used.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import { runSync } from "@procctl/spawn";
 *
 * const { stdout } = runSync("tr", { args: ["a-z", "A-Z"], input: "hello" });
 * console.log(new TextDecoder().decode(stdout)); // prints: HELLO
 * ```
 */
export function runSync(
  command: PathLike,
  options: RunSyncOptions = {},
): Completed {
  const encoded = encodeRunOptions(options);
  const input = encodeInput(options.input, "a string or Uint8Array");
  const prepared = prepare(command, encoded.spawn);
  const child = start(prepared, encoded.spawn);
  using exchange = new Exchange(child, encoded, input);
  try {
    exchange.finish();
  } catch (error) {
    // One that may not be signalled goes on by itself.
    if (sendSignal(child.pidfd, SIGKILL)) reapQuietly(child.pid);
    throw error;
  }
  const status = reap(child.pid, child.pidfd);
  return checked(command, options, { ...status, ...exchange.result() });
}

/** One end of a pipe to the child, while it is open. */
interface OpenEnd {
  fd: number;
  /** What poll(2) waits for. */
  events: number;
  /** Reads or writes once. Says whether there may be more to come. */
  transfer(): boolean;
}

/** Reads all that the child writes, writes what it reads, and sees to its end. */
class Exchange implements Disposable {
  #child: Started;
  #options: EncodedRunOptions;
  #ends: OpenEnd[];
  #stdout: Uint8Array[] = [];
  #stderr: Uint8Array[] = [];
  #buffer = new Uint8Array(new ArrayBuffer(BUFFER_SIZE));
  #hasEnded = false;
  #timedOut = false;
  #truncated = false;
  #isKilled = false;
  /** The signal that its group gets next, and when. */
  #next: { signal: number; time: number } | undefined;

  constructor(
    child: Started,
    options: EncodedRunOptions,
    input: Uint8Array | undefined,
  ) {
    this.#child = child;
    this.#options = options;
    if (options.timeout !== undefined) {
      this.#next = {
        signal: SIGTERM,
        time: performance.now() + options.timeout,
      };
    }
    const chunks = new Map([[1, this.#stdout], [2, this.#stderr]]);
    this.#ends = [...child.pipes].map(([target, fd]) =>
      target === 0
        ? this.#writer(fd, input!)
        : this.#reader(fd, chunks.get(target)!)
    );
  }

  /** Goes on until the child has ended and its output is closed. */
  finish(): void {
    while (!this.#hasEnded || this.#hasOutput()) {
      this.#poll();
      if (this.#next && performance.now() >= this.#next.time) this.#signal();
    }
  }

  #hasOutput(): boolean {
    // One that was not killed with its group may hold it open.
    return !this.#isKilled &&
      this.#ends.some(({ events }) => events === POLLIN);
  }

  result(): Pick<Completed, "stdout" | "stderr" | "timedOut" | "truncated"> {
    return {
      stdout: concat(this.#stdout),
      stderr: concat(this.#stderr),
      timedOut: this.#timedOut,
      truncated: this.#truncated,
    };
  }

  [Symbol.dispose](): void {
    for (const { fd } of this.#ends) closeFile(fd);
    closeFile(this.#child.pidfd);
  }

  /** Waits for something to happen, and sees to it. */
  #poll(): void {
    const ends = [...this.#ends];
    const waited: { fd: number; events: number }[] = [...ends];
    if (!this.#hasEnded) {
      waited.push({ fd: this.#child.pidfd, events: POLLIN });
    }
    const ready = poll(waited, this.#next?.time);
    ends.forEach((end, index) => {
      if (!ready[index] || end.transfer()) return;
      this.#ends.splice(this.#ends.indexOf(end), 1);
      closeFile(end.fd);
    });
    if (!this.#hasEnded) this.#hasEnded = ready[ends.length]!;
  }

  /** Sends the signal that is due. */
  #signal(): void {
    const { signal } = this.#next!;
    this.#next = undefined;
    if (signal === SIGKILL) {
      this.#isKilled = true;
      signalGroup(this.#child.pid, SIGKILL);
    } else {
      this.#timedOut = true;
      this.#end();
    }
  }

  /** Asks the group to end, and will not ask twice. */
  #end(): void {
    signalGroup(this.#child.pid, SIGTERM);
    // One that is stopped would not see it.
    signalGroup(this.#child.pid, SIGCONT);
    const time = performance.now() + this.#options.grace;
    this.#next = { signal: SIGKILL, time };
  }

  #reader(fd: number, chunks: Uint8Array[]): OpenEnd {
    let room = this.#options.maxOutput;
    const transfer = () => {
      const size = orErrno(libc.read(fd, this.#buffer, BigInt(BUFFER_SIZE)));
      if (size === -EINTR || size === -EAGAIN) return true;
      if (size < 0) throw failure("read from", "read", -size);
      if (size > room && !this.#timedOut && !this.#truncated) {
        this.#truncated = true;
        this.#end();
      }
      const kept = this.#buffer.slice(0, Math.min(size, room));
      room -= kept.length;
      if (kept.length > 0) chunks.push(kept);
      return size > 0;
    };
    return { fd, events: POLLIN, transfer };
  }

  #writer(fd: number, input: Uint8Array): OpenEnd {
    let rest = new Uint8Array(input);
    const transfer = () => {
      const size = orErrno(libc.write(fd, rest, BigInt(rest.length)));
      if (size === -EINTR || size === -EAGAIN) return true;
      // That it does not read it all is its affair.
      if (size === -EPIPE) return false;
      if (size < 0) throw failure("write to", "write", -size);
      rest = rest.subarray(size);
      return rest.length > 0;
    };
    return { fd, events: POLLOUT, transfer };
  }
}

/**
 * Waits until one of some descriptors is ready, or a time has come.
 *
 * @returns Whether each of them is.
 */
function poll(
  waited: readonly { fd: number; events: number }[],
  time: number | undefined,
): boolean[] {
  const ENTRY_SIZE = 8;
  const RETURNED = 6;
  const entries = new DataView(new ArrayBuffer(ENTRY_SIZE * waited.length));
  waited.forEach(({ fd, events }, index) => {
    entries.setInt32(ENTRY_SIZE * index, fd, true);
    entries.setInt16(ENTRY_SIZE * index + 4, events, true);
  });
  const timeout = time === undefined
    ? -1
    : Math.max(0, Math.ceil(time - performance.now()));
  const result = orErrno(libc.poll(entries, BigInt(waited.length), timeout));
  if (result < 0 && !wasInterrupted(result)) {
    throw failure("wait for", "poll", -result);
  }
  return waited.map((_, index) =>
    entries.getInt16(ENTRY_SIZE * index + RETURNED, true) !== 0
  );
}

function failure(verb: string, syscall: string, errno: number): SystemError {
  return new SystemError(`Cannot ${verb} a child`, { errno, syscall });
}
