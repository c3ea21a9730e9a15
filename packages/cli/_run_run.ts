import { encodePath } from "@procctl/libc/encode";
import { writeFile } from "@procctl/libc/files";
import { SystemError } from "@procctl/libc/system-error";
import { parseLimit } from "@procctl/rlimit/parse-limit";
import type { LimitedChild } from "@procctl/spawn/limited-child";
import type { SpawnLimitedOptions } from "@procctl/spawn/run-limited-options";
import { spawnLimited } from "@procctl/spawn/spawn-limited";
import type { Arguments } from "./_arguments.ts";
import { report as reportError } from "./_failure.ts";
import { SignalForwarder } from "./_forward_signals.ts";
import { tell, write } from "./_output.ts";
import { Progress, readWhen } from "./_progress.ts";
import { fromRawText } from "./_raw_text.ts";
import { relay } from "./_relay.ts";
import { readRunOptions } from "./_run_options.ts";
import { renderRun } from "./_run_text.ts";
import { checkInput, UsageError } from "./_usage_error.ts";
import { type RunReport, runReport } from "./run_report.ts";

/** The exit status of a command that could not be run. */
const CANNOT_RUN = 125;
const EPERM = 1;

/** Runs the command that the operands are, and gives the exit status. */
export async function runRun(args: Arguments): Promise<number> {
  const when = readWhen(args.value("progress"));
  const options = readRunOptions(args);
  const output = readOutput(args);
  if (args.flag("quiet") && (args.flag("json") || args.value("report"))) {
    throw new UsageError("--quiet reports nothing");
  }
  // Before there is a command: it may be quick to send one.
  using signals = new SignalForwarder(options.ownGroup!);
  let child: LimitedChild;
  try {
    child = start(args, { ...options, ...output?.options });
  } catch (error) {
    return failed(error, args);
  }
  signals.setChild(child);
  const progress = new Progress(child, args.flag("quiet") ? "never" : when);
  if (output !== undefined) await relay(child, output.limit);
  const report = runReport(args.operands, await child.report);
  progress[Symbol.dispose]();
  try {
    if (!args.flag("quiet")) writeReport(args, report);
  } catch (error) {
    return failed(error, args);
  }
  return report.status;
}

/** The limit of what is written, which then comes through pipes. */
function readOutput(args: Arguments) {
  const text = args.value("output");
  if (text === undefined) return undefined;
  for (const name of ["stdout", "stderr"]) {
    if (args.value(name) === undefined) continue;
    throw new UsageError(`--output and --${name} exclude each other`);
  }
  return {
    limit: Number(checkInput(() => parseLimit(text))),
    options: { output: text, stdout: "piped", stderr: "piped" } as const,
  };
}

function start(args: Arguments, options: SpawnLimitedOptions): LimitedChild {
  const [command, ...rest] = args.operands.map(fromRawText);
  const spawn = (namespaces: SpawnLimitedOptions["namespaces"] = []) =>
    checkInput(() =>
      spawnLimited(command!, { ...options, args: rest, namespaces })
    );
  if (!args.flag("no-network")) return spawn();
  try {
    return spawn(["network"]);
  } catch (error) {
    const isForbidden = error instanceof SystemError &&
      error.syscall === "clone" && error.errno === EPERM;
    if (!isForbidden) throw error;
    // Who has not the right to may have it among users of one's own.
    return spawn(["user", "network"]);
  }
}

function writeReport(args: Arguments, report: RunReport): void {
  const file = args.value("report");
  const text = args.flag("json")
    ? `${JSON.stringify(report, null, 2)}\n`
    : renderRun(report, file === undefined ? "stderr" : undefined);
  if (file === undefined) write("stderr", text);
  else writeFile(encodePath(fromRawText(file)), new TextEncoder().encode(text));
}

/** Says why it could not be run. */
function failed(error: unknown, args: Arguments): number {
  if (!(error instanceof SystemError)) throw error;
  if (error.syscall === "execve") return reportError(error);
  const isNamespace = error.syscall === "clone" ||
    error.path?.endsWith("_map") === true;
  tell(
    args.flag("no-network") && isNamespace
      ? `Cannot take the network away: this system does not let this user make namespaces: ${error.code}`
      : error.message,
  );
  return CANNOT_RUN;
}
