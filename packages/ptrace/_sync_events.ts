import type { Trace } from "./_trace.ts";
import type { TracerEvent } from "./tracer_event.ts";

/** The events of a trace, each waited for on the calling thread. */
export class SyncEvents implements IterableIterator<TracerEvent> {
  #trace: Trace;
  /** Used again, as events are. */
  #result = { done: false, value: undefined as unknown as TracerEvent };

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  next(): IteratorResult<TracerEvent, undefined> {
    const value = this.#trace.next();
    if (value === undefined) return { done: true, value };
    this.#result.value = value;
    return this.#result as IteratorYieldResult<TracerEvent>;
  }

  /** By `break`, or a throw in the body: nobody will ask for more. */
  return(): IteratorResult<TracerEvent, undefined> {
    this.#trace.giveUp();
    return { done: true, value: undefined };
  }

  [Symbol.iterator](): this {
    return this;
  }
}
