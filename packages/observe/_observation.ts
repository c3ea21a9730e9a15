import type { Child } from "@procctl/spawn";
import type { Machine } from "./_machine.ts";
import { now, type Recorder } from "./_recorder.ts";
import { Decoder } from "./_decoder.ts";
import { Batch } from "./batch.ts";
import type { ObservedEvent } from "./event.ts";

/** What keeps a batch's columns in a cache. */
const BATCH_CAPACITY = 8192;

/** After how many milliseconds of one batch after another others get a turn. */
const TURN = 20;

/** What an observation is made of. */
export interface ObservationParts {
  /** The process. */
  pid: number;
  /** The child, if it was started for this. */
  child: Child | undefined;
  /** What records. */
  recorder: Recorder;
  /** How that is to be read. */
  machine: Machine;
  /** The time that others are counted from. */
  startTime: bigint;
  /** After how many milliseconds what happened is told at the latest. */
  latency: number;
}

/** Events one by one, for both kinds of loops. */
export interface Events
  extends Iterable<ObservedEvent>, AsyncIterable<ObservedEvent> {}

/**
 * A process, and all that it makes, as they are seen from outside: what they
 * do is written to rings by the kernel, and read from there.
 *
 * To iterate over it gives batches of events in the order of their times, until
 * all that is observed has ended. It is iterated over once, by `for await` or,
 * while this thread stands still, by `for`. What is not read in time is lost,
 * and counted: nothing that is observed waits for its observer.
 *
 * @example Usage
 * ```ts needs-perf
 * import { observe } from "@procctl/observe";
 *
 * const names = new Set<string>();
 * using observation = observe("ls", { args: ["/"], stdout: "null" });
 * for await (const batch of observation) {
 *   for (const event of batch) {
 *     if (event.kind === "enter") names.add(event.name);
 *   }
 * }
 * console.log(names.has("getdents64"), observation.lost); // prints: true 0
 * ```
 */
export class Observation
  implements Iterable<Batch>, AsyncIterable<Batch>, Disposable {
  /** The process that is observed. */
  readonly pid: number;
  /** The child, if the observation started one: its streams and its status. */
  readonly child: Child | undefined;
  /**
   * The time that those of events are counted from, in nanoseconds of the
   * kernel's monotonic clock (`CLOCK_MONOTONIC`).
   */
  readonly startTime: bigint;
  #recorder: Recorder;
  #decoder: Decoder;
  #latency: number;
  #batch = new Batch(BATCH_CAPACITY);
  /** Up to which time all is known to have been read. */
  #horizon = -Infinity;
  #lastRefill = -Infinity;
  #isIterated = false;
  #isStopped = false;
  #isComplete = false;
  #isDisposed = false;
  /** What the kernel counted, once it is at its end. */
  #counted = 0;

  /**
   * Not for use: `observe()` and `attach()` make them.
   *
   * @param parts What it is made of.
   */
  constructor(parts: ObservationParts) {
    const { machine, startTime } = parts;
    this.pid = parts.pid;
    this.child = parts.child;
    this.startTime = startTime;
    this.#recorder = parts.recorder;
    this.#latency = parts.latency;
    this.#decoder = new Decoder(machine.layout, startTime, machine.execs);
  }

  /**
   * How many events were lost so far, as there was no room for them: those of
   * `"lost"` events, and at the end also those that no such event followed.
   *
   * @returns The number.
   */
  get lost(): number {
    return Math.max(this.#decoder.lost, this.#counted);
  }

  /**
   * The size of the largest ring by now, in bytes.
   *
   * @returns The size.
   */
  get ringSize(): number {
    return this.#recorder.ringSize;
  }

  /**
   * Observes no more. What was recorded until now is still told; what was
   * observed goes on.
   *
   * @example Usage
   * ```ts needs-perf
   * import { attach } from "@procctl/observe";
   * import { spawn } from "@procctl/spawn";
   *
   * const child = spawn("sleep", { args: ["60"] });
   * using observation = attach(child.pid);
   * setTimeout(() => observation.stop(), 100);
   * let count = 0;
   * for await (const batch of observation) count += batch.length;
   * child.kill();
   * console.log((await child.status).signal); // prints: SIGTERM
   * ```
   */
  stop(): void {
    if (this.#isStopped || this.#isDisposed) return;
    this.#isStopped = true;
    this.#recorder.stop();
  }

  /**
   * Reads batches, while this thread stands still.
   *
   * @returns The batches, each good until the next one is asked for.
   * @throws {TypeError} If it is or was iterated over already.
   *
   * @example Usage
   * ```ts needs-perf
   * import { observe } from "@procctl/observe";
   *
   * let count = 0;
   * using observation = observe("true");
   * for (const batch of observation) count += batch.length;
   * console.log(count > 0); // prints: true
   * ```
   */
  *[Symbol.iterator](): Generator<Batch, void, undefined> {
    this.#begin();
    while (!this.#isDisposed) {
      const batch = this.#next();
      if (batch !== undefined) yield batch;
      else if (this.#isComplete) return;
      else if (this.#isAtEnd()) this.#complete();
      else this.#recorder.waiter.waitSync(this.#latency);
    }
  }

  /**
   * Reads batches, while other things may go on.
   *
   * @returns The batches, each good until the next one is asked for.
   * @throws {TypeError} If it is or was iterated over already.
   *
   * @example Usage
   * ```ts needs-perf
   * import { observe } from "@procctl/observe";
   *
   * let count = 0;
   * using observation = observe("true");
   * for await (const batch of observation) count += batch.length;
   * console.log(count > 0); // prints: true
   * ```
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Batch, void, undefined> {
    this.#begin();
    let turn = performance.now();
    while (!this.#isDisposed) {
      const batch = this.#next();
      if (batch !== undefined) {
        yield batch;
        if (performance.now() - turn < TURN) continue;
        await new Promise((resolve) => setTimeout(resolve, 0));
      } else if (this.#isComplete) {
        return;
      } else if (this.#isAtEnd()) {
        this.#complete();
      } else {
        await this.#recorder.waiter.wait(this.#latency);
      }
      turn = performance.now();
    }
  }

  /**
   * The events one by one, as objects that stay as they are. That takes some
   * ten times as long as batches do: for what is busy, read those.
   *
   * @returns The events, for `for` or `for await`.
   *
   * @example Usage
   * ```ts needs-perf
   * import { observe } from "@procctl/observe";
   *
   * const kinds: string[] = [];
   * using observation = observe("true");
   * for await (const event of observation.events()) kinds.push(event.kind);
   * console.log(kinds[0], kinds.at(-1)); // prints: exec end
   * ```
   */
  events(): Events {
    // deno-lint-ignore no-this-alias -- for the generators below
    const batches = this;
    return {
      *[Symbol.iterator]() {
        for (const batch of batches) yield* batch;
      },
      async *[Symbol.asyncIterator]() {
        for await (const batch of batches) yield* batch;
      },
    };
  }

  #begin(): void {
    if (this.#isIterated) {
      throw new TypeError("Cannot iterate over an observation again");
    }
    this.#isIterated = true;
  }

  /** The next batch that can be told, if there is one. */
  #next(): Batch | undefined {
    const batch = this.#batch;
    batch.length = 0;
    batch.details.clear();
    this.#decode();
    if (batch.length < BATCH_CAPACITY) {
      this.#refill();
      this.#decode();
    }
    return batch.length > 0 ? batch : undefined;
  }

  #decode(): void {
    this.#decoder.decode(this.#recorder.sources(), this.#horizon, this.#batch);
  }

  #refill(): void {
    // A record gets its time a moment before its place in the ring. When the
    // rings are read again, all those are there whose time lies before the
    // reading before.
    this.#horizon = this.#isComplete ? Infinity : this.#lastRefill;
    this.#lastRefill = Number(now() - this.startTime);
    this.#recorder.refill();
  }

  #isAtEnd(): boolean {
    return this.#isStopped || this.#recorder.waiter.hasEnded;
  }

  /** Notes that nobody writes any more: all that is left can be told. */
  #complete(): void {
    this.#isComplete = true;
    this.#counted = this.#recorder.readLost() ?? 0;
  }

  /**
   * Observes no more, and gives back what that took. What was observed goes on.
   *
   * @example Usage
   * ```ts needs-perf
   * import { observe } from "@procctl/observe";
   *
   * using observation = observe("true");
   * ```
   */
  [Symbol.dispose](): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#recorder[Symbol.dispose]();
  }
}
