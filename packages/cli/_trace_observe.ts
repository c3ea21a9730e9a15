/**
 * A trace by perf events, which stop nothing.
 *
 * @module
 */

import { signalNumber } from "@procctl/libc/signals";
import { attach } from "@procctl/observe/attach";
import { type Batch, KINDS } from "@procctl/observe/batch";
import type { ObservedEvent } from "@procctl/observe/event";
import type { Observation } from "@procctl/observe/observation";
import { observe } from "@procctl/observe/observe";
import { Summary } from "@procctl/observe/summary";
import { tell } from "./_output.ts";
import { fromRawText } from "./_raw_text.ts";
import { ObservedTimeline } from "./_trace_observed_timeline.ts";
import { ObservedText } from "./_trace_observed_text.ts";
import type { TraceOutput } from "./_trace_output.ts";
import type { NameSet } from "./_trace_sets.ts";
import { isUnattended, type TraceSettings } from "./_trace_settings.ts";
import { ignoredSignals, listen } from "./_trace_signals.ts";
import { startOptions } from "./_trace_start.ts";
import { type Count, formatSummary } from "./_trace_summary.ts";
import type { Timelines } from "./_trace_timelines.ts";
import { checkInput } from "./_usage_error.ts";

const END = KINDS.indexOf("end");
const LOST = KINDS.indexOf("lost");
const NANOSECONDS = 1e6;

/** Observes what the command line says, and gives the exit status. */
export async function runObserved(
  settings: TraceSettings,
  operands: readonly string[],
  output: TraceOutput,
  timelines: Timelines | undefined,
): Promise<number> {
  const { form, calls } = settings;
  let interrupted: number | undefined;
  const ignored = ignoredSignals();
  // Before the start: the command runs at once, and may make somebody send one.
  using _ = listen((signal) => {
    if (interrupted !== undefined || isUnattended(settings)) return;
    interrupted = signalNumber(signal);
    observation.child?.kill("SIGCONT");
    observation.child?.kill(signal);
    observation.stop();
  });
  using observation = start(settings, operands, ignored);
  const { child, pid } = observation;
  const text = form === "observed"
    ? new ObservedText(settings, output, observation.startTime)
    : undefined;
  const summary = form === "summary" || settings.summary
    ? new Summary()
    : undefined;
  const timeline = timelines && new ObservedTimeline(timelines, settings);
  for await (const batch of observation) {
    if (!settings.follow && keepOnly(batch, pid)) observation.stop();
    summary?.add(batch);
    if (text === undefined && timeline === undefined) continue;
    for (const event of batch) {
      if (!isWanted(event, calls)) continue;
      text?.add(event);
      timeline?.add(event);
    }
    output.pause();
  }
  text?.close();
  timelines?.close();
  if (summary !== undefined) {
    output.write(formatSummary(countsOf(summary, calls), "observe"));
  }
  // To end the observation takes a moment.
  output.flush();
  if (observation.lost > 0) {
    tell(`${observation.lost} events were lost: they came too fast`);
  }
  if (interrupted !== undefined) {
    child?.unref();
    if (settings.quiet === 0) tell(`Process ${pid} detached`);
    return 128 + interrupted;
  }
  return child === undefined ? 0 : (await child.status).code;
}

function start(
  settings: TraceSettings,
  [command, ...args]: readonly string[],
  ignored: readonly Deno.Signal[],
): Observation {
  if (command === undefined) return attach(settings.pids[0]!);
  const options = {
    ...startOptions(settings, args),
    signals: { ignore: ignored },
  };
  return checkInput(() => observe(fromRawText(command), options));
}

/**
 * Leaves of a batch what one task did, and tells whether that has ended. What
 * others did becomes their end, of which nobody takes notice.
 */
function keepOnly({ length, kind, tid }: Batch, task: number): boolean {
  let hasEnded = false;
  for (let i = 0; i < length; i++) {
    if (kind[i] === LOST) continue;
    if (tid[i] !== task) kind[i] = END;
    else if (kind[i] === END) hasEnded = true;
  }
  return hasEnded;
}

function isWanted(event: ObservedEvent, calls: NameSet): boolean {
  const isCall = event.kind === "enter" || event.kind === "exit";
  return !isCall || calls === undefined || calls.has(event.name);
}

/** The calls that have returned: those of all calling conventions by name. */
function countsOf(summary: Summary, calls: NameSet): Count[] {
  const counts = new Map<string, Count>();
  for (const call of summary.calls()) {
    const { name } = call;
    if (call.calls === 0 || !(calls?.has(name) ?? true)) continue;
    const count = counts.get(name) ?? { name, calls: 0, errors: 0, time: 0 };
    counts.set(name, count);
    count.calls += call.calls;
    count.errors += call.errors;
    count.time += call.time / NANOSECONDS;
  }
  return [...counts.values()];
}
