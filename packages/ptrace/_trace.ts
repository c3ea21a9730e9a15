import type { Status } from "@procctl/spawn";
import { decodeStatus } from "@procctl/spawn/decode-status";
import type { Engine } from "./_engine.ts";
import { detachAll, killAll, killAndReap } from "./_give_up.ts";
import { PoolWait } from "./_pool_wait.ts";
import type { TracerEvent } from "./tracer_event.ts";

/** After how many milliseconds it is looked whether a process was lost. */
const LOOK_AFTER = 50;

/** What a trace is made of. */
export interface TraceOptions {
  engine: Engine;
  /** Whether tasks are killed when they are given up. */
  exitKill: boolean;
  /** Why tasks cannot be let go on untraced, if they cannot. */
  keeps: string | undefined;
  /** Gives the tasks up. */
  signal: AbortSignal | undefined;
  /** Called at the end; the status is undefined if the first process goes on. */
  ended: (status: Status | undefined) => void;
}

/** A trace from its beginning to its end, however it ends. */
export class Trace {
  readonly engine: Engine;
  /** How the first process ended, once it has. */
  status: Status | undefined;
  #options: TraceOptions;
  #isOver = false;
  #pool = new PoolWait();
  /** Why it was given up, if it was by the signal. */
  #abortion: { reason: unknown } | undefined;

  constructor(options: TraceOptions) {
    this.engine = options.engine;
    this.#options = options;
    options.signal?.addEventListener("abort", this.#abort);
  }

  /** Waits for the next event; undefined at the end. */
  next(): TracerEvent | undefined {
    return this.attempt(() => {
      if (this.#hasEnded()) return undefined;
      const event = this.engine.next();
      if (event === undefined) this.#end();
      return event;
    });
  }

  /** The same without waiting: "nothing" if there is none yet. */
  poll(): TracerEvent | undefined | "nothing" {
    return this.attempt(() => {
      if (this.#hasEnded()) return undefined;
      const event = this.engine.poll();
      if (event === undefined) this.#end();
      return event;
    });
  }

  /** Waits until {@linkcode poll} may find something. */
  async change(): Promise<void> {
    const change = this.#pool.wait();
    if (this.engine.ends.fugitive === undefined) return await change;
    // If that is lost, there may be nothing left to wait for.
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, LOOK_AFTER);
    await Promise.race([change, promise]);
    clearTimeout(timer);
  }

  /** Does something; if it fails, nobody else would give the tasks up. */
  attempt<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      this.giveUp();
      throw error;
    }
  }

  /** Kills all tasks, or lets them go on, as it was asked for. */
  giveUp(): void {
    if (this.#isOver) return;
    if (this.#options.exitKill) killAndReap(this.engine);
    else detachAll(this.engine);
    this.#end();
  }

  /** @throws {TypeError} If the tasks cannot go on untraced. */
  detach(): void {
    const { keeps } = this.#options;
    if (keeps !== undefined) {
      throw new TypeError(
        `Cannot detach from process ${this.engine.root}: ${keeps}`,
      );
    }
    if (this.#isOver) return;
    detachAll(this.engine);
    this.#end();
  }

  /**
   * Kills all tasks; their ends will be told.
   *
   * @throws {SystemError} If one cannot be killed.
   */
  kill(): void {
    const failure = this.#isOver ? undefined : killAll(this.engine);
    if (failure !== undefined) throw failure;
  }

  /** @throws {unknown} The reason, if the signal has ended it. */
  #hasEnded(): boolean {
    if (this.#abortion !== undefined) throw this.#abortion.reason;
    return this.#isOver;
  }

  #abort = (): void => {
    if (this.#isOver) return;
    this.#abortion = { reason: this.#options.signal?.reason };
    this.giveUp();
  };

  #end(): void {
    this.#isOver = true;
    const { signal, ended } = this.#options;
    signal?.removeEventListener("abort", this.#abort);
    const { end } = this.engine;
    if (end !== undefined) this.status = decodeStatus(end.status, end.usage);
    ended(this.status);
    this.#pool.wake();
  }
}
