/**
 * A child process, as this program sees it.
 *
 * @module
 */

import {
  closeFile,
  type Signal,
  signalNumber,
  SystemError,
} from "@procctl/libc";
import { collect } from "./_collect.ts";
import { Pipes } from "./_pipes.ts";
import { signalGroup } from "./_signal_group.ts";
import { sendSignal } from "./_syscall.ts";
import { tryReap } from "./_wait.ts";
import { type StateChange, waitForChange } from "./_wait_for_change.ts";
import { EPOLLIN, Watch } from "./_waiter.ts";
import type { Status } from "./status.ts";

export type { StateChange } from "./_wait_for_change.ts";

/** A status, and all that a child wrote to what was piped. */
export interface Output extends Status {
  /** Its standard output; empty if that was not piped. */
  stdout: Uint8Array<ArrayBuffer>;
  /** Its standard error; empty if that was not piped. */
  stderr: Uint8Array<ArrayBuffer>;
}

/** A socket to a child, that both can read and write. */
export interface Duplex {
  /** What the child writes. */
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** What the child reads. */
  readonly writable: WritableStream<Uint8Array>;
}

/** What is known of a child when it is started. */
export interface ChildParts {
  /** Its process number. */
  pid: number;
  /** A descriptor of it. */
  pidfd: number;
  /**
   * This program's ends of its pipes, which do not block, by the child's
   * descriptors.
   */
  pipes: ReadonlyMap<number, number>;
  /** Whether it leads a process group. */
  leadsGroup: boolean;
  /** Ends it when it is aborted. */
  signal: AbortSignal | undefined;
  /**
   * How it ends, where somebody else waits for it, as its tracer does; undefined
   * once that has left it to this one.
   *
   * @default {nobody else does}
   */
  ended?: Promise<Status | undefined>;
}

/**
 * A child process, as {@linkcode spawn} starts it. It keeps this program alive
 * until it has ended.
 *
 * @example Usage
 * ```ts
 * import { spawn } from "@procctl/spawn";
 *
 * const child = spawn("cat", { stdin: "piped", stdout: "piped" });
 * const writer = child.stdin.getWriter();
 * await writer.write(new TextEncoder().encode("hello\n"));
 * await writer.close();
 * const { stdout, code } = await child.output();
 * console.log(new TextDecoder().decode(stdout).trim(), code); // prints: hello 0
 * ```
 */
export class Child implements AsyncDisposable {
  /** Its process number. */
  readonly pid: number;
  /** How it ends; it is reaped then. */
  readonly status: Promise<Status>;
  #pidfd: number;
  #leadsGroup: boolean;
  #pipes: Pipes;
  #watch: Watch;
  #change: Promise<StateChange> | undefined;

  /**
   * Not for use: {@linkcode spawn} makes them.
   *
   * @param parts What is known of it.
   * @throws {SystemError} If there is no descriptor left that it takes
   * (`EMFILE`). Its pipes are closed then.
   */
  constructor(
    { pid, pidfd, pipes, leadsGroup, signal, ended }: ChildParts,
  ) {
    this.pid = pid;
    this.#pidfd = pidfd;
    this.#leadsGroup = leadsGroup;
    this.#pipes = new Pipes(pid, pipes);
    const { promise, resolve } = Promise.withResolvers<Status>();
    this.status = promise;
    // Whoever awaits it is told; that nobody does must not end the program.
    promise.catch(() => {});
    const abort = () => this.#abort();
    const settle = (status: Status | Promise<never>) => {
      resolve(status);
      signal?.removeEventListener("abort", abort);
      this.#pidfd = -1;
      closeFile(pidfd);
    };
    const waitOn = (status: Status | undefined) => {
      try {
        if (status === undefined) this.#watch.wait();
        else settle(status);
      } catch (error) {
        settle(Promise.reject(error));
      }
    };
    this.#watch = new Watch(pidfd, EPOLLIN, () => {
      try {
        waitOn(tryReap(pid, pidfd));
      } catch (error) {
        settle(Promise.reject(error));
      }
    });
    try {
      if (ended === undefined) this.#watch.wait();
      else ended.then(waitOn);
    } catch (error) {
      this.#pipes.close();
      throw error;
    }
    signal?.addEventListener("abort", abort);
  }

  #abort(): void {
    try {
      this.kill("SIGTERM");
    } catch (error) {
      // It became another user. There is nobody to tell, and its end is told.
      if (!(error instanceof SystemError)) throw error;
    }
  }

  /**
   * A descriptor of the process, close-on-exec. It is closed when the process
   * has ended.
   *
   * @returns The descriptor; -1 once the process has ended.
   */
  get pidfd(): number {
    return this.#pidfd;
  }

  /**
   * What is written to its standard input.
   *
   * @returns The stream.
   * @throws {TypeError} If it is not piped.
   */
  get stdin(): WritableStream<Uint8Array> {
    return this.#pipes.stdin ?? notPiped("stdin");
  }

  /**
   * What it writes to its standard output.
   *
   * @returns The stream.
   * @throws {TypeError} If it is not piped.
   */
  get stdout(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#pipes.stdout ?? notPiped("stdout");
  }

  /**
   * What it writes to its standard error.
   *
   * @returns The stream.
   * @throws {TypeError} If it is not piped.
   */
  get stderr(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#pipes.stderr ?? notPiped("stderr");
  }

  /**
   * The sockets to those of its other descriptors that are piped, by number.
   *
   * @returns The sockets.
   */
  get fds(): Readonly<Record<number, Duplex>> {
    return this.#pipes.others;
  }

  /**
   * Reads all that it writes to what is piped, and waits for its end.
   *
   * @returns Its output and its status.
   * @throws {SystemError} If its status is not to be had (`ECHILD`): so it is
   * before Linux 6.15 where SIGCHLD is ignored.
   * @throws {TypeError} If a stream is being read already.
   *
   * @example Usage
   * ```ts
   * import { spawn } from "@procctl/spawn";
   *
   * const { stdout } = await spawn("echo", { args: ["hello"], stdout: "piped" }).output();
   * console.log(new TextDecoder().decode(stdout).trim()); // prints: hello
   * ```
   */
  async output(): Promise<Output> {
    const [status, stdout, stderr] = await Promise.all([
      this.status,
      collect(this.#pipes.stdout),
      collect(this.#pipes.stderr),
    ]);
    return { ...status, stdout, stderr };
  }

  /**
   * Waits until it ends, is stopped by a signal, or is continued.
   *
   * The kernel tells of the latter two only when asked, so while this waits it
   * is asked every 10 ms. Of several changes between two questions the last one
   * is told.
   *
   * @returns What became of it.
   *
   * @example Usage
   * ```ts
   * import { spawn } from "@procctl/spawn";
   *
   * await using child = spawn("sh", { args: ["-c", "kill -STOP $$; exit 3"] });
   * const change = await child.wait();
   * if (change.kind === "stopped") console.log(change.signal); // prints: SIGSTOP
   * child.kill("SIGCONT");
   * ```
   */
  wait(): Promise<StateChange> {
    // The kernel tells of a change once: all who wait for it share the answer.
    return this.#change ??= waitForChange(
      () => this.#pidfd,
      this.status,
    ).finally(() => this.#change = undefined);
  }

  /**
   * Sends it a signal, through its pidfd: never to another process that has got
   * its number.
   *
   * @param signal The signal.
   * @returns Whether it was there to get it: false if it has ended.
   * @throws {SystemError} If it may not be sent (`EPERM`).
   * @throws {TypeError} If that is not a signal's name.
   *
   * @example Usage
   * ```ts
   * import { spawn } from "@procctl/spawn";
   *
   * const child = spawn("sleep", { args: ["60"] });
   * child.kill("SIGHUP");
   * console.log((await child.status).signal); // prints: SIGHUP
   * ```
   */
  kill(signal: Signal = "SIGTERM"): boolean {
    const number = signalNumber(signal);
    return this.#pidfd !== -1 && sendSignal(this.#pidfd, number);
  }

  /**
   * Sends a signal to all processes of the group that it leads, also after its
   * own end. When the last of them has ended, the number of the group may
   * sometime become that of another one.
   *
   * @param signal The signal.
   * @returns Whether there was a process to get it.
   * @throws {SystemError} If it may not be sent to any of them (`EPERM`).
   * @throws {TypeError} If that is not a signal's name, or the child was started
   * with neither `session` nor `processGroup: 0`.
   *
   * @example Usage
   * ```ts
   * import { spawn } from "@procctl/spawn";
   *
   * const child = spawn("sh", { args: ["-c", "sleep 60 & wait"], processGroup: 0 });
   * child.killGroup();
   * console.log((await child.status).signal); // prints: SIGTERM
   * ```
   */
  killGroup(signal: Signal = "SIGTERM"): boolean {
    const number = signalNumber(signal);
    if (!this.#leadsGroup) {
      throw new TypeError(
        `Cannot send a signal to the group of process ${this.pid}: it does not lead one`,
      );
    }
    return signalGroup(this.pid, number);
  }

  /**
   * Lets it keep this program alive until it ends, as it does at first.
   *
   * @example Usage
   * ```ts
   * import { spawn } from "@procctl/spawn";
   *
   * const child = spawn("true");
   * child.unref();
   * child.ref();
   * ```
   */
  ref(): void {
    this.#setRef(true);
  }

  /**
   * Lets this program end before it does.
   *
   * @example Usage
   * ```ts
   * import { spawn } from "@procctl/spawn";
   *
   * const child = spawn("sleep", { args: ["0.2"] });
   * child.unref();
   * ```
   */
  unref(): void {
    this.#setRef(false);
  }

  #setRef(isRef: boolean): void {
    this.#watch.setRef(isRef);
    this.#pipes.setRef(isRef);
  }

  /**
   * Closes its pipes, kills it if it still runs, and waits for its end.
   *
   * @returns When it is gone.
   * @throws {SystemError} If it may not be killed (`EPERM`).
   *
   * @example Usage
   * ```ts
   * import { spawn } from "@procctl/spawn";
   *
   * {
   *   await using child = spawn("sleep", { args: ["60"] });
   *   console.log(child.pid > 0); // prints: true
   * }
   * ```
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#pipes.close();
    this.kill("SIGKILL");
    // Where the status is not to be had, the process is gone all the same.
    await this.status.catch(() => {});
  }
}

function notPiped(name: string): never {
  throw new TypeError(`Cannot get ${name}: it is not piped`);
}
