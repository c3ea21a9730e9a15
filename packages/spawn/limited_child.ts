/**
 * A command under limits, as this program sees it.
 *
 * @module
 */

import { type Signal, signalNumber } from "@procctl/libc";
import { Account } from "./_account.ts";
import { containmentGaps } from "./_containment_gaps.ts";
import type { EncodedLimitedOptions } from "./_encode_limited.ts";
import { endAll } from "./_end_all.ts";
import { Pipes } from "./_pipes.ts";
import { Sampler } from "./_sampler.ts";
import type { StartedLimited } from "./_start_limited.ts";
import { SupervisorLost } from "./_supervisor.ts";
import { signalDescendants } from "./_sweep.ts";
import { sendSignal } from "./_syscall.ts";
import { NO_USAGE } from "./_usage.ts";
import { verdictOf } from "./_verdict.ts";
import { EPOLLIN, Watch } from "./_waiter.ts";
import type { LimitedReport, Verdict } from "./limited_report.ts";
import type { Status } from "./status.ts";

/** Milliseconds between two looks at it: where a limit hangs on them, or not. */
const LOOK_EVERY = { limited: 20, unlimited: 100 };
/** At most this part of the time goes into looks. */
const MOST_LOOKING = 0.2;

const SIGTERM = 15;
const SIGCONT = 18;

/** Its status where the supervisor, which would know it, was killed. */
const LOST_STATUS: Status = {
  success: false,
  code: 137,
  signal: "SIGKILL",
  coreDumped: false,
  usage: NO_USAGE,
};

const LOST: Verdict = { kind: "lost" };

/** What a command under limits has used so far. */
export interface LimitedSample {
  /** Seconds since its start. */
  wallTime: number;
  /** Seconds of processor time, of all its processes. */
  cpuTime: number;
  /** Bytes of memory that they have in use. */
  memory: number;
  /** How many they are, threads included. */
  processes: number;
}

/**
 * A command under limits, as {@linkcode spawnLimited} starts it. It keeps this
 * program alive until nothing of it is left.
 *
 * @example Usage
 * ```ts
 * import { spawnLimited } from "@procctl/spawn";
 *
 * await using child = spawnLimited("sleep", { args: ["60"], wall: 0.1 });
 * console.log(child.sample().processes); // prints: 1
 * console.log((await child.report).verdict.kind); // prints: wall-limit
 * ```
 */
export class LimitedChild implements AsyncDisposable {
  /** The process number of its first process. */
  readonly pid: number;
  /** How it ended, once nothing of it is left. */
  readonly report: Promise<LimitedReport>;
  readonly #started: StartedLimited;
  readonly #options: EncodedLimitedOptions;
  readonly #pipes: Pipes;
  readonly #sampler: Sampler;
  readonly #resolve: (report: LimitedReport) => void;
  readonly #reject: (error: unknown) => void;
  readonly #watch: Watch;
  #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #account: Account;
  #cause: Verdict | undefined;
  #isFinishing = false;
  /** Why it could not be looked at. */
  #failure: { error: unknown } | undefined;

  /**
   * Not for use: {@linkcode spawnLimited} makes them.
   *
   * @param started What was started.
   * @param options How.
   */
  constructor(started: StartedLimited, options: EncodedLimitedOptions) {
    const { child, supervisor, cgroup, pipes } = started;
    this.pid = child.pid;
    this.#started = started;
    this.#options = options;
    const { promise, resolve, reject } = Promise.withResolvers<LimitedReport>();
    this.report = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    // Whoever awaits it is told; that nobody does must not end the program.
    promise.catch(() => {});
    this.#pipes = new Pipes(child.pid, pipes);
    try {
      this.#account = new Account(child, supervisor, options.limits);
      this.#sampler = new Sampler(supervisor.pid, cgroup, {
        ...options,
        nofile: options.limits.some(({ name }) => name === "nofile"),
      });
      this.#watch = new Watch(child.pidfd, EPOLLIN, () => this.#finish());
      this.#watch.wait();
    } catch (error) {
      this.#pipes.close();
      throw error;
    }
    if (options.wall !== undefined) {
      const verdict = { kind: "wall-limit", limit: "wall", certain: true };
      this.#after(1000 * options.wall, () => this.#end(verdict as Verdict));
    }
    this.#after(LOOK_EVERY.limited, () => this.#look());
  }

  /**
   * Its standard input.
   *
   * @throws {TypeError} If that is not piped.
   */
  get stdin(): WritableStream<Uint8Array> {
    return this.#pipes.stdin ?? notPiped("stdin");
  }

  /**
   * Its standard output.
   *
   * @throws {TypeError} If that is not piped.
   */
  get stdout(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#pipes.stdout ?? notPiped("stdout");
  }

  /**
   * Its standard error.
   *
   * @throws {TypeError} If that is not piped.
   */
  get stderr(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#pipes.stderr ?? notPiped("stderr");
  }

  /**
   * Looks at what it has used so far.
   *
   * @returns What it was at this time.
   *
   * @example Usage
   * ```ts
   * import { spawnLimited } from "@procctl/spawn";
   *
   * await using child = spawnLimited("sleep", { args: ["60"] });
   * console.log(child.sample().cpuTime < 1); // prints: true
   * ```
   */
  sample(): LimitedSample {
    const { cpuTime, ...sample } = this.#sampler.look();
    const { userTime, systemTime } = this.#account.usage;
    return {
      ...sample,
      cpuTime: cpuTime + userTime + systemTime,
      wallTime: this.#wallTime(),
    };
  }

  /**
   * Sends a signal to its first process.
   *
   * @param signal The signal.
   * @returns Whether it was there to get it.
   * @throws {SystemError} If it may not be sent (`EPERM`).
   * @throws {TypeError} If that is not a signal's name.
   *
   * @example Usage
   * ```ts
   * import { spawnLimited } from "@procctl/spawn";
   *
   * const child = spawnLimited("sleep", { args: ["60"] });
   * child.kill("SIGHUP");
   * console.log((await child.report).signal); // prints: SIGHUP
   * ```
   */
  kill(signal: Signal = "SIGTERM"): boolean {
    const number = signalNumber(signal);
    return !this.#isFinishing &&
      sendSignal(this.#started.child.pidfd, number);
  }

  /**
   * Kills it with all its processes, closes its pipes, and waits for its end.
   *
   * @returns When nothing of it is left.
   *
   * @example Usage
   * ```ts
   * import { spawnLimited } from "@procctl/spawn";
   *
   * {
   *   await using child = spawnLimited("sleep", { args: ["60"] });
   *   console.log(child.pid > 0); // prints: true
   * }
   * ```
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#pipes.close();
    this.#finish();
    await this.report.catch(() => {});
  }

  #after(milliseconds: number, call: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      try {
        call();
      } catch (error) {
        this.#fail(error);
      }
    }, milliseconds);
    this.#timers.add(timer);
  }

  #wallTime(): number {
    const now = this.#account.endTime ?? performance.now();
    return (now - this.#started.startTime) / 1000;
  }

  /** Looks at it, and again after a while. */
  #look(): void {
    if (this.#isFinishing) return;
    const before = performance.now();
    try {
      if (this.#account.hasEnded()) return this.#finish();
      this.#account.reapOthers();
      const exceeded = this.#outputExceeded() ??
        this.#sampler.exceeded(this.sample());
      if (exceeded !== undefined) this.#end(exceeded);
    } catch (error) {
      // It sees to all that, and tells of it.
      if (error instanceof SupervisorLost) return this.#finish();
      throw error;
    }
    const taken = performance.now() - before;
    const { cpuTime, memory, processes, output } = this.#options;
    const isLimited = [cpuTime, memory, processes, output]
      .some((limit) => limit !== undefined);
    const pause = LOOK_EVERY[isLimited ? "limited" : "unlimited"];
    this.#after(Math.max(pause, taken / MOST_LOOKING), () => this.#look());
  }

  /** Whether it wrote too much, which may still wait to be read. */
  #outputExceeded(): Verdict | undefined {
    const { output = Infinity } = this.#options;
    if (this.#pipes.mostArrived() <= output) return undefined;
    return { kind: "output-limit", limit: "output", certain: true };
  }

  /** Ends it for a reason, the first of which counts. */
  #end(cause: Verdict): void {
    if (this.#cause !== undefined || this.#isFinishing) return;
    this.#cause = cause;
    const { grace } = this.#options;
    if (grace === 0) return this.#finish();
    const root = this.#started.supervisor.pid;
    signalDescendants(root, SIGTERM);
    // One that is stopped would not see it.
    signalDescendants(root, SIGCONT);
    this.#after(1000 * grace, () => this.#finish());
  }

  /** Ends all that is left of it, and tells of it. */
  #finish(): void {
    if (this.#isFinishing) return;
    this.#isFinishing = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#finishAll().then(this.#resolve, this.#reject);
  }

  async #finishAll(): Promise<LimitedReport> {
    // Whatever becomes of this, all that is open of it is closed by this.
    using started = this.#started;
    const { cgroup } = started;
    const [account, sampler] = [this.#account, this.#sampler];
    try {
      const { leftBehind, escaped, isLost } = await endAll({
        started,
        account,
        sampler,
        group: this.#group(),
      });
      if (this.#failure !== undefined) throw this.#failure.error;
      this.#cause ??= this.#outputExceeded();
      const status = account.status ?? LOST_STATUS;
      const { success, code, signal, coreDumped } = status;
      const { usage } = account;
      const counted = cgroup?.peakMemory();
      return {
        verdict: this.#cause ?? (isLost ? LOST : this.#verdict(status)),
        success: success && this.#cause === undefined,
        code,
        signal,
        coreDumped,
        wallTime: this.#wallTime(),
        usage,
        peakMemory: counted ?? Math.max(sampler.most.memory, usage.peakMemory),
        containment: {
          by: cgroup === undefined ? "subreaper" : "cgroup",
          kernel: [...cgroup?.keeps ?? []],
          gaps: containmentGaps(this.#options.spawn),
          leftBehind,
          escaped,
        },
      };
    } finally {
      this.#watch.stop();
    }
  }

  /** Its process group, if that is its own. */
  #group(): number | undefined {
    const { session, processGroup } = this.#options.spawn;
    return session || processGroup === 0 ? this.pid : undefined;
  }

  #verdict(status: Status): Verdict {
    const { cgroup } = this.#started;
    const { peaks, most } = this.#sampler;
    return verdictOf({
      status,
      ...this.#account.own,
      limits: this.#options.limits,
      peaks: {
        ...peaks,
        memory: Math.max(peaks.memory, status.usage.peakMemory),
      },
      processes: most.processes,
      outOfMemoryKills: cgroup?.outOfMemoryKills() ?? 0,
      refusedProcesses: cgroup?.refusedProcesses() ?? 0,
    });
  }

  /** Ends it, as it cannot be kept within its limits, and then tells why. */
  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#finish();
  }
}

function notPiped(name: string): never {
  throw new TypeError(`Cannot get ${name}: it is not piped`);
}
