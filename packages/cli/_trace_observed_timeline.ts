import { ARGS } from "@procctl/observe/batch";
import type { ObservedEvent } from "@procctl/observe/event";
import { observedEnter } from "./_trace_observed_call.ts";
import { DecodedArguments, planOf } from "./_trace_plan.ts";
import type { TraceSettings } from "./_trace_settings.ts";
import { TracedCall } from "./_trace_task.ts";
import { argumentsBefore } from "./_trace_timeline_log.ts";
import type { Timelines } from "./_trace_timelines.ts";

/** Gives what is observed to timelines. */
export class ObservedTimeline {
  readonly #timelines: Timelines;
  readonly #settings: TraceSettings;
  readonly #call: TracedCall;
  readonly #registers = new BigUint64Array(ARGS);
  readonly #args = new DecodedArguments();

  constructor(timelines: Timelines, settings: TraceSettings) {
    this.#timelines = timelines;
    this.#settings = settings;
    this.#call = new TracedCall(settings, false);
  }

  /** Adds what was observed. */
  add(event: ObservedEvent): void {
    if (event.kind !== "enter") return this.#timelines.add(event);
    const call = this.#call;
    call.look(observedEnter(event, this.#registers), 0n);
    this.#args.enter(planOf(call.name, call.arch), call);
    const text = argumentsBefore(this.#args, call, this.#settings.quoting);
    this.#timelines.add({ ...event, text });
  }
}
