/**
 * What becomes of the events of a trace, as the command line says.
 *
 * @module
 */

import { encodePath } from "@procctl/libc/encode";
import { tell } from "./_output.ts";
import { readDescriptor, readFolder } from "./_process_links.ts";
import type { Detail } from "./_trace_call.ts";
import { FilesLog } from "./_trace_files.ts";
import { JsonLog } from "./_trace_json.ts";
import type { TraceLog } from "./_trace_log.ts";
import { TraceOutput } from "./_trace_output.ts";
import { prefixOf, suffixOf } from "./_trace_prefix.ts";
import { quote } from "./_trace_quote.ts";
import { SeparateLogs } from "./_trace_separate.ts";
import { TraceSession } from "./_trace_session.ts";
import type { TraceSettings } from "./_trace_settings.ts";
import { SummaryLog } from "./_trace_summary.ts";
import { TextLog, type TextOptions } from "./_trace_text.ts";
import { TimelineLog } from "./_trace_timeline_log.ts";
import type { Timelines } from "./_trace_timelines.ts";
import type { TraceScript } from "./trace_script.ts";

const AT_FDCWD = -100;
const DELETED = " (deleted)";

/** Makes a trace that writes what the command line asks for. */
export function makeSession(
  settings: TraceSettings,
  script: TraceScript | undefined,
  output: TraceOutput,
  timelines: Timelines | undefined,
): TraceSession {
  const { form, summary, calls, signals, injections } = settings;
  const logs: TraceLog[] = [];
  let text: TextLog | undefined;
  if (form === "json") logs.push(new JsonLog(output));
  else if (form === "files") logs.push(new FilesLog(settings.json, output));
  else if (form === "text" && settings.separate) {
    logs.push(separateLogs(settings));
  } else if (form === "text") {
    text = new TextLog(textOptions(settings, () => session.size), output);
    logs.push(text);
  }
  if (summary || form === "summary") logs.push(new SummaryLog(output));
  if (timelines !== undefined) {
    logs.push(new TimelineLog(timelines, settings.quoting));
  }
  const session = new TraceSession({
    ...{ calls, signals, injections, script, logs },
    detail: detailOf(settings),
    decode: form !== "summary" || timelines !== undefined,
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

function textOptions(
  settings: TraceSettings,
  tasks: () => number,
): TextOptions {
  const prefix = prefixOf(settings, tasks);
  const suffix = suffixOf(settings);
  return { ...settings, endings: settings.quiet < 2, prefix, suffix };
}

/** A log for each task: the file's name, a dot, and the task's number. */
function separateLogs(settings: TraceSettings): SeparateLogs {
  const name = encodePath(settings.output!);
  const options = textOptions(settings, () => 1);
  return new SeparateLogs((tid) => {
    const number = new TextEncoder().encode(`.${tid}`);
    const path = new Uint8Array(name.length + number.length);
    path.set(name);
    path.set(number, name.length);
    const output = new TraceOutput(path);
    return { log: new TextLog(options, output), output };
  });
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
