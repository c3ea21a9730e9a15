import type { Explanation } from "@procctl/exec/explain";
import type { PathFault } from "@procctl/exec/path-fault";
import { interpreterArgv } from "@procctl/shebang/interpreter-argv";
import type {
  EnvOutcome,
  PassedOver,
  Resolution,
  ResolvedProgram,
} from "@procctl/shebang/resolution";
import { adviceOn } from "./_advice.ts";
import { readFirstLine } from "./_first_line.ts";
import type {
  EnvReport,
  FaultReport,
  PassedOverReport,
  ProgramReport,
  ResolutionReport,
  ScriptReport,
  WhyReport,
} from "./why_report.ts";

/** The status of a program that SIGSEGV ended. */
const KILLED = 128 + 11;

const SHELL = new TextEncoder().encode("/bin/sh");

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/**
 * Makes the report of what was explained.
 *
 * @param find Finds a program in PATH.
 */
export function makeWhyReport(
  file: Uint8Array,
  argv: readonly Uint8Array[],
  explanation: Explanation,
  find: (name: string) => string | undefined,
): WhyReport {
  const { executed, summary, fault, space, passedOver } = explanation;
  const [verdict, status] = judge(explanation);
  const report: WhyReport = {
    file: decode(file),
    verdict,
    status,
    summary,
    ...resolutionReport(executed, explanation, argv),
    ...(fault && { fault: faultReport(fault) }),
    passedOver: passedOver.map(passedOverReport),
    space,
  };
  const advice = adviceOn(report, find);
  return advice === undefined ? report : { ...report, advice };
}

function faultReport({ kind, path, mode }: PathFault): FaultReport {
  const report = { kind, path: decode(path) };
  return mode === undefined
    ? report
    : { ...report, mode: mode.toString(8).padStart(4, "0") };
}

/** The verdict, and the status that a shell gives. */
function judge(
  resolution: Resolution,
): [verdict: WhyReport["verdict"], status: number] {
  switch (resolution.kind) {
    case "program":
      return judgeEnv(resolution.env);
    case "error": {
      const isMissing = resolution.code === "ENOENT" && resolution.level === 0;
      return ["fails", isMissing ? 127 : 126];
    }
    case "killed":
      return ["killed", KILLED];
    case "unknown":
      return ["unknown", 1];
  }
}

function judgeEnv(
  env: EnvOutcome | undefined,
): [verdict: WhyReport["verdict"], status: number] {
  switch (env?.kind) {
    case undefined:
    case "print":
      return ["runs", 0];
    case "execute":
      return judge(env.resolution);
    case "loop":
      return ["loops", 126];
    case "fail":
      return ["fails", env.status];
    case "unknown":
      return ["unknown", 1];
  }
}

function resolutionReport(
  executed: Uint8Array,
  resolution: Resolution,
  argv: readonly Uint8Array[],
): ResolutionReport {
  const { kind, chain } = resolution;
  const scripts: ScriptReport[] = [];
  const common = { kind, executed: decode(executed), argv: argv.map(decode) };
  let args = [...argv];
  for (const { path, interpreter, args: words, diagnostics } of chain) {
    args = interpreterArgv({ interpreter, args: words }, path, args);
    scripts.push({
      path: decode(path),
      ...readFirstLine(path),
      interpreter: decode(interpreter),
      argv: args.map(decode),
      diagnostics,
    });
  }
  if (resolution.kind === "program") {
    return { ...common, scripts, program: programReport(resolution) };
  }
  const { at, level, reason } = resolution;
  const obstacle = {
    ...(resolution.kind === "error" ? { code: resolution.code } : {}),
    ...(resolution.kind === "killed" ? { signal: resolution.signal } : {}),
    at: decode(at),
    level,
    reason,
  };
  return { ...common, scripts, obstacle };
}

function programReport(
  { path, argv, comm, elf, env }: ResolvedProgram,
): ProgramReport {
  return {
    path: decode(path),
    argv: argv.map(decode),
    ...(comm && { comm: decode(comm) }),
    machine: elf.machineName,
    bits: elf.bits,
    ...(elf.loader && { loader: decode(elf.loader) }),
    ...(env && { env: envReport(env) }),
  };
}

function envReport(env: EnvOutcome): EnvReport {
  switch (env.kind) {
    case "execute": {
      const { kind, path, argv, shell, passedOver, resolution } = env;
      // What has no format is an argument of the shell, which it is given to.
      const executed = shell ? SHELL : path;
      const given = shell ? [SHELL, path, ...argv.slice(1)] : argv;
      return {
        kind,
        path: decode(path),
        argv: argv.map(decode),
        shell,
        passedOver: passedOver.map(passedOverReport),
        resolution: resolutionReport(executed, resolution, given),
      };
    }
    case "loop":
      return { kind: env.kind, path: decode(env.path), passedOver: [] };
    case "fail":
      return { ...env, passedOver: env.passedOver.map(passedOverReport) };
    case "print":
    case "unknown":
      return { ...env, passedOver: [] };
  }
}

function passedOverReport(it: PassedOver): PassedOverReport {
  return { ...it, path: decode(it.path) };
}
