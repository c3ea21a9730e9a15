import type { Status } from "@procctl/spawn";
import { decodeStatus } from "@procctl/spawn/decode-status";
import type { Engine } from "./_engine.ts";
import { detachAll, killAll, killAndReap } from "./_give_up.ts";
import type { TracerEvent } from "./tracer_event.ts";

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

  constructor(options: TraceOptions) {
    this.engine = options.engine;
    this.#options = options;
  }

  /** Whether there is nothing to tell any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Waits for the next event; undefined at the end. */
  next(): TracerEvent | undefined {
    if (this.#isOver) return undefined;
    return this.attempt(() => {
      this.throwIfAborted();
      const event = this.engine.next();
      if (event === undefined) this.#end();
      return event;
    });
  }

  /** Does something after whose failure nobody would give the tasks up. */
  attempt<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      this.giveUp();
      throw error;
    }
  }

  /** @throws {unknown} The reason, if the trace is to be given up. */
  throwIfAborted(): void {
    this.#options.signal?.throwIfAborted();
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

  kill(): void {
    if (!this.#isOver) killAll(this.engine);
  }

  #end(): void {
    this.#isOver = true;
    const { end } = this.engine;
    if (end !== undefined) this.status = decodeStatus(end.status, end.usage);
    this.#options.ended(this.status);
  }
}
