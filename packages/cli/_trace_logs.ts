/**
 * What becomes of the events of a trace, as the command line says.
 *
 * @module
 */

import { tell } from "./_output.ts";
import { readDescriptor, readFolder } from "./_process_links.ts";
import type { Detail } from "./_trace_call.ts";
import { FilesLog } from "./_trace_files.ts";
import { JsonLog } from "./_trace_json.ts";
import type { TraceLog } from "./_trace_log.ts";
import type { TraceOutput } from "./_trace_output.ts";
import { prefixOf, suffixOf } from "./_trace_prefix.ts";
import { quote } from "./_trace_quote.ts";
import { TraceSession } from "./_trace_session.ts";
import type { TraceSettings } from "./_trace_settings.ts";
import { SummaryLog } from "./_trace_summary.ts";
import { TextLog } from "./_trace_text.ts";
import type { TraceScript } from "./trace_script.ts";

const AT_FDCWD = -100;
const DELETED = " (deleted)";

/** Makes a trace that writes what the command line asks for. */
export function makeSession(
  settings: TraceSettings,
  script: TraceScript | undefined,
  output: TraceOutput,
): TraceSession {
  const { form, summary, calls, signals, injections } = settings;
  const logs: TraceLog[] = [];
  let text: TextLog | undefined;
  if (form === "text") {
    const prefix = prefixOf(settings, () => session.size);
    const suffix = suffixOf(settings);
    const endings = settings.quiet < 2;
    text = new TextLog({ ...settings, endings, prefix, suffix }, output);
    logs.push(text);
  } else if (form === "json") logs.push(new JsonLog(output));
  else if (form === "files") logs.push(new FilesLog(settings.json, output));
  if (summary || form === "summary") logs.push(new SummaryLog(output));
  const session = new TraceSession({
    ...{ calls, signals, injections, script, logs },
    detail: detailOf(settings),
    decode: form !== "summary",
    keeps: form === "json",
    timed: settings.durations || summary || form === "summary" || settings.json,
    attached(tid, threads) {
      if (settings.quiet > 0 || form !== "text") return;
      if (settings.output === undefined) text?.interrupt();
      const more = threads > 1 ? ` with ${threads} threads` : "";
      tell(`Process ${tid} attached${more}`);
    },
  });
  return session;
}

function detailOf({ limit, verbose, descriptors }: TraceSettings): Detail {
  return descriptors
    ? { limit, verbose, nameOf: nameOfDescriptor }
    : { limit, verbose };
}

/** What a descriptor stands for, as strace has it. */
function nameOfDescriptor(tid: number, fd: number): string | undefined {
  const link = fd === AT_FDCWD ? readFolder(tid) : readDescriptor(tid, fd);
  if (link === undefined) return undefined;
  const text = quote(link, "escapes").replaceAll("<", "\\74")
    .replaceAll(">", "\\76");
  return text.endsWith(DELETED)
    ? `<${text.slice(0, -DELETED.length)}>(deleted)`
    : `<${text}>`;
}
