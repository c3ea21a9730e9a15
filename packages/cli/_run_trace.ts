import { readDirectory } from "@procctl/libc/files";
import { lazySymbols } from "@procctl/libc/library";
import { signalNumber } from "@procctl/libc/signals";
import { SystemError } from "@procctl/libc/system-error";
import type { Tracer } from "@procctl/ptrace";
import type { Arguments } from "./_arguments.ts";
import { tell } from "./_output.ts";
import { chooseEngine } from "./_trace_engine.ts";
import { makeSession } from "./_trace_logs.ts";
import { TraceOutput } from "./_trace_output.ts";
import { loadScript } from "./_trace_script.ts";
import type { TraceSession } from "./_trace_session.ts";
import {
  isUnattended,
  readSettings,
  type TraceSettings,
} from "./_trace_settings.ts";
import { listen } from "./_trace_signals.ts";
import { startTracers } from "./_trace_start.ts";
import type { Timelines } from "./_trace_timelines.ts";

const libc = lazySymbols({
  // int kill(pid_t pid, int sig)
  kill: { parameters: ["i32", "i32"], result: "i32" },
});

const SIGCONT = 18;

/** Traces what the command line says, and gives the exit status. */
export async function runTrace(args: Arguments): Promise<number> {
  const settings = readSettings(args);
  const script = settings.script === undefined
    ? undefined
    : await loadScript(settings.script);
  // With -ff it is for a summary only.
  const file = settings.separate ? undefined : settings.output;
  using output = new TraceOutput(file);
  using timelines = await openTimelines(settings, args.operands);
  if (await chooseEngine(settings) === "observe") {
    const { runObserved } = await import("./_trace_observe.ts");
    return await runObserved(settings, args.operands, output, timelines);
  }
  const session = makeSession(settings, script, output, timelines);
  // Standard error is written to at once anyway.
  const idle = settings.output === undefined ? {} : {
    idle: () => session.idle(),
  };
  const tracers = startTracers(settings, script, args.operands, idle);
  const status = isUnattended(settings)
    ? followToEnd(tracers[0]!, session)
    : await followWhileWanted(tracers, session, settings);
  session.close();
  return status;
}

/** Opens the timelines, if there are to be some. */
async function openTimelines(
  settings: TraceSettings,
  operands: readonly string[],
): Promise<Timelines | undefined> {
  const { timeline, html } = settings;
  if (timeline === undefined && html === undefined) return undefined;
  const { Timelines } = await import("./_trace_timelines.ts");
  return new Timelines(settings, operands);
}

/** Traces a program to its end, in the fastest way. */
function followToEnd(tracer: Tracer, session: TraceSession): number {
  using _ = listen(() => {});
  for (const event of tracer) session.handle(event);
  return tracer.status?.code ?? 0;
}

/** Traces programs or processes until they end, or a signal says to stop. */
async function followWhileWanted(
  tracers: readonly Tracer[],
  session: TraceSession,
  settings: TraceSettings,
): Promise<number> {
  let interrupted: number | undefined;
  using _ = listen((signal) => {
    if (interrupted !== undefined) return;
    interrupted = signalNumber(signal);
    for (const tracer of tracers) giveUp(tracer, interrupted, settings);
  });
  for (const tracer of tracers) {
    const { pid } = tracer;
    const threads = settings.follow ? countThreads(pid) : 1;
    if (settings.pids.length > 0) session.adopt(pid, pid, threads);
  }
  await Promise.all(tracers.map(async (tracer) => {
    for await (const event of tracer) session.handle(event);
  }));
  if (interrupted === undefined) {
    // As with strace(1), that of a process which it was let in on is not its own.
    return settings.pids.length > 0 ? 0 : tracers[0]?.status?.code ?? 0;
  }
  if (settings.quiet === 0) {
    for (const tid of session.tids) tell(`Process ${tid} detached`);
  }
  return 128 + interrupted;
}

/** How many threads a process has; 1 if it is gone by now. */
function countThreads(pid: number): number {
  try {
    return readDirectory(`/proc/${pid}/task`).length;
  } catch (error) {
    if (error instanceof SystemError) return 1;
    throw error;
  }
}

/** Lets processes go on; what the tool has started gets the signal too. */
function giveUp(tracer: Tracer, signal: number, settings: TraceSettings): void {
  if (settings.pids.length === 0) {
    libc.kill(tracer.pid, SIGCONT);
    libc.kill(tracer.pid, signal);
  }
  tracer.detach();
}
