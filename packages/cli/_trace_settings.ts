/**
 * What the command line asks of a trace.
 *
 * @module
 */

import type { Arguments } from "./_arguments.ts";
import { fromRawText } from "./_raw_text.ts";
import { type Injection, readInjection } from "./_trace_inject.ts";
import {
  type NameSet,
  readSignals,
  readSyscalls,
  union,
} from "./_trace_sets.ts";
import type { Quoting } from "./_trace_quote.ts";
import { UsageError } from "./_usage_error.ts";

/** How times are shown: of the day, or since 1970. */
export type Clock = "none" | "seconds" | "microseconds" | "epoch";

/** What the command line asks of a trace. */
export interface TraceSettings {
  follow: boolean;
  /** Whether each task has a file of its own. */
  separate: boolean;
  /** The file to write to; undefined is standard error. */
  output: string | Uint8Array | undefined;
  /** The processes to attach to. */
  pids: number[];
  /** The calls that are shown. */
  calls: NameSet;
  /** The signals that are shown. */
  signals: NameSet;
  injections: Injection[];
  script: string | undefined;
  /** What is written. */
  form: "text" | "json" | "files" | "summary" | "observed" | "timeline";
  /** Whether a summary comes after the text. */
  summary: boolean;
  json: boolean;
  durations: boolean;
  relative: boolean;
  clock: Clock;
  descriptors: boolean;
  limit: number;
  verbose: boolean;
  quoting: Quoting;
  numbers: boolean;
  names: boolean;
  column: number;
  /** How little is told: from 1 on not of attaching, from 2 on not of ends. */
  quiet: number;
  user: string | undefined;
  env: Record<string, string | undefined>;
  /** Whether a filter of seccomp(2) has to be used. */
  filter: boolean;
  /** Whether the command stays on the processor of the tool. */
  sameCpu: boolean;
  /** By what calls are seen. */
  engine: Engine | "either";
  /** The file that gets a timeline as JSON. */
  timeline: string | Uint8Array | undefined;
  /** The file that gets a timeline as a page. */
  html: string | Uint8Array | undefined;
}

/** By what calls are seen: perf events, or ptrace(2). */
export type Engine = "observe" | "ptrace";

const CLOCKS: readonly Clock[] = ["none", "seconds", "microseconds", "epoch"];
const QUOTINGS: readonly Quoting[] = ["escapes", "hex-if-binary", "hex"];

/** Reads the command line. */
export function readSettings(args: Arguments): TraceSettings {
  const expressions = readExpressions(args);
  const pids = args.values("attach").flatMap(readPids);
  checkTarget(args, pids);
  const { calls, signals, injections } = expressions;
  const files = args.flag("files");
  const form = formOf(args);
  const separate = form === "text" && args.count("follow-forks") > 1;
  return {
    // The files of a program are those of all its processes; so is its timeline.
    follow: args.flag("follow-forks") || files || hasTimeline(args),
    separate,
    output: readOutput(args.value("output"), separate),
    pids,
    calls: files ? calls ?? readSyscalls("%file") : calls,
    signals,
    injections,
    script: args.value("script"),
    form,
    summary: args.flag("summary"),
    json: args.flag("json"),
    durations: args.flag("syscall-times"),
    relative: args.flag("relative-timestamps"),
    clock: atMost(CLOCKS, args.count("absolute-timestamps")),
    descriptors: args.flag("decode-fds"),
    limit: readNumber(args, "string-limit", 32),
    verbose: args.flag("no-abbrev"),
    quoting: atMost(QUOTINGS, args.count("strings-in-hex")),
    numbers: args.flag("syscall-number"),
    names: args.flag("arg-names"),
    column: readNumber(args, "columns", 40),
    quiet: args.count("quiet"),
    user: args.value("user"),
    env: readEnv(args.values("env")),
    filter: args.flag("seccomp-bpf"),
    sameCpu: args.flag("same-cpu"),
    engine: readEngine(args),
    timeline: rawValue(args, "timeline"),
    html: rawValue(args, "html"),
  };
}

function checkTarget(args: Arguments, pids: readonly number[]): void {
  const { operands } = args;
  if (operands.length === 0 && pids.length === 0) {
    throw new UsageError("There is no COMMAND and no --attach given");
  }
  if (operands.length > 0 && pids.length > 0) {
    throw new UsageError(
      "Cannot start a COMMAND and --attach to a process at the same time",
    );
  }
  if (pids.length === 0) return;
  const flags = ["same-cpu"].filter((it) => args.flag(it));
  const [option] = [...args.given(["user", "env"]), ...flags];
  if (option !== undefined) {
    throw new UsageError(`The option "--${option}" needs a COMMAND`);
  }
}

function formOf(args: Arguments): TraceSettings["form"] {
  const forms = ["summary-only", "observe", "files", "json"]
    .filter((it) => args.flag(it));
  if (args.flag("files") && args.flag("json")) forms.pop();
  if (forms.length > 1) {
    throw new UsageError(
      `Cannot write both --${forms[0]} and --${forms[1]}`,
    );
  }
  const [form] = forms;
  if (hasTimeline(args)) checkTimeline(args);
  switch (form) {
    case "summary-only":
      return "summary";
    case "observe":
      return "observed";
    case undefined:
      return hasTimeline(args) ? "timeline" : "text";
  }
  return form as "files" | "json";
}

function hasTimeline(args: Arguments): boolean {
  return args.given(["timeline", "html"]).length > 0;
}

/** A timeline takes the place of the text, and of what else is long. */
function checkTimeline(args: Arguments): void {
  const other = ["files", "json", "summary"].find((it) => args.flag(it));
  if (other === undefined) return;
  const [timeline] = args.given(["timeline", "html"]);
  throw new UsageError(`Cannot write both --${other} and --${timeline}`);
}

function readEngine(args: Arguments): TraceSettings["engine"] {
  const engine = args.value("engine");
  if (engine === undefined) return args.flag("observe") ? "observe" : "either";
  if (engine !== "observe" && engine !== "ptrace") {
    throw new UsageError(
      `There is no engine "${engine}": expected observe or ptrace`,
    );
  }
  if (engine === "ptrace" && args.flag("observe")) {
    throw new UsageError("Cannot --observe with the engine ptrace");
  }
  return engine;
}

function rawValue(
  args: Arguments,
  name: string,
): string | Uint8Array | undefined {
  const text = args.value(name);
  return text === undefined ? undefined : fromRawText(text);
}

/**
 * Whether nobody looks on: then, as with strace(1), the program is traced to its
 * end, whatever is typed. It itself gets what is.
 */
export function isUnattended({ output, pids }: TraceSettings): boolean {
  return output !== undefined && pids.length === 0;
}

/** What `-e`, `--trace`, `--signal` and `--inject` say together. */
function readExpressions(args: Arguments): {
  calls: NameSet;
  signals: NameSet;
  injections: Injection[];
} {
  const traces = [...args.values("trace")];
  const signals = [...args.values("signal")];
  const injections = [...args.values("inject")];
  for (const expression of args.values("expr")) {
    const [, name, value] = /^(\w+)=(.*)$/s.exec(expression) ??
      [, "trace", expression];
    switch (name) {
      case "t":
      case "trace":
        traces.push(value!);
        break;
      case "s":
      case "signal":
      case "signals":
        signals.push(value!);
        break;
      case "inject":
        injections.push(value!);
        break;
      case "fault":
        injections.push(
          /:(?:error|retval)=/.test(value!) ? value! : `${value}:error=ENOSYS`,
        );
        break;
      default:
        throw new UsageError(
          `There is no expression "${name}=": expected trace=, signal= or inject=`,
        );
    }
  }
  return {
    calls: readAll(traces, readSyscalls),
    // Of several the last one counts, as strace(1) has it.
    signals: signals.length === 0 ? undefined : readSignals(signals.at(-1)!),
    injections: injections.map(readInjection),
  };
}

function readAll(
  texts: readonly string[],
  read: (text: string) => NameSet,
): NameSet {
  if (texts.length === 0) return undefined;
  return texts.map(read).reduce(union);
}

function readPids(text: string): number[] {
  return text.split(/[\s,]+/).filter((it) => it !== "").map((word) => {
    const pid = Number(word);
    if (/^\d+$/.test(word) && pid > 0 && pid < 2 ** 31) return pid;
    throw new UsageError(`Cannot attach to "${word}": it is no PID`);
  });
}

function readNumber(args: Arguments, name: string, otherwise: number): number {
  const text = args.value(name);
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (/^\d+$/.test(text) && value < 2 ** 31) return value;
  throw new UsageError(
    `Cannot read the number "${text}" of "--${name}": expected one from 0 on`,
  );
}

function readEnv(
  entries: readonly string[],
): Record<string, string | undefined> {
  return Object.fromEntries(entries.map((entry) => {
    const equals = entry.indexOf("=");
    return equals < 0
      ? [entry, undefined]
      : [entry.slice(0, equals), entry.slice(equals + 1)];
  }));
}

function readOutput(
  text: string | undefined,
  separate: boolean,
): string | Uint8Array | undefined {
  if (text === undefined) {
    if (!separate) return undefined;
    throw new UsageError('The option "-ff" needs an --output');
  }
  // What strace(1) takes for a command, this would take for a file's name.
  if (/^[|!]/.test(text)) {
    throw new UsageError(
      `Cannot write to the command "${text}": give ./${text} if it is a file`,
    );
  }
  return fromRawText(text);
}

function atMost<T>(choices: readonly T[], count: number): T {
  return choices[Math.min(count, choices.length - 1)]!;
}
