import type { Arguments } from "./_arguments.ts";
import { makeSession } from "./_trace_logs.ts";
import { TraceOutput } from "./_trace_output.ts";
import { loadScript } from "./_trace_script.ts";
import { readSettings } from "./_trace_settings.ts";
import { startTracer } from "./_trace_start.ts";

/** Traces what the command line says, and gives the exit status. */
export async function runTrace(args: Arguments): Promise<number> {
  const settings = readSettings(args);
  const script = settings.script === undefined
    ? undefined
    : await loadScript(settings.script);
  using output = new TraceOutput(settings.output);
  const session = makeSession(settings, script, output);
  const tracer = startTracer(settings, script, args.operands);
  for (const event of tracer) session.handle(event);
  session.close();
  return tracer.status?.code ?? 0;
}
