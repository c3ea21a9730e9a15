import { arch, errnoName, pageSize, quote, SystemError } from "@procctl/libc";
import { getrlimit } from "@procctl/rlimit/getrlimit";
import {
  argumentSpace,
  type EnvOutcome,
  type PassedOver,
  type Resolution,
  type ResolutionError,
  resolveInterpreters,
} from "@procctl/shebang";
import { RealFiles } from "./_explain_files.ts";
import type { DescribedFault } from "./_explain_path.ts";
import type { Explanation } from "./explain.ts";
import type { PathFault } from "./path_fault.ts";
import { SEARCH_GOES_ON, searchPaths } from "./search_path.ts";

/** What a program is given. */
export interface Given {
  argv: readonly Uint8Array[];
  env: readonly Uint8Array[];
  /** The descriptor that the path is relative to, if there is one. */
  descriptor?: { fd: number; closeOnExec: boolean } | undefined;
}

/** Explains what becomes of one path, of a descriptor if there is one. */
export function explainFile(
  path: Uint8Array,
  { argv, env, descriptor }: Given,
  passedOver: PassedOver[] = [],
): Explanation {
  const files = new RealFiles();
  const stackLimit = getrlimit("stack").soft;
  const space = { stackLimit, pageSize: pageSize() };
  const resolution = resolveInterpreters(path, argv, files, {
    env,
    space,
    arch: arch(),
    ...(descriptor && { descriptor }),
  });
  const fault = resolution.kind === "error"
    ? files.faultOf(resolution.at)
    : undefined;
  return {
    ...resolution,
    executed: path,
    summary: summaryOf(path, resolution),
    ...(fault && { fault: withoutWords(fault) }),
    space: argumentSpace(path, argv, env, {
      ...space,
      chain: resolution.chain,
    }),
    passedOver,
  };
}

function withoutWords({ kind, path, mode }: DescribedFault): PathFault {
  return mode === undefined ? { kind, path } : { kind, path, mode };
}

/** Explains what becomes of a name that is looked for in PATH. */
export function explainSearch(file: Uint8Array, given: Given): Explanation {
  let paths: Uint8Array[];
  try {
    paths = searchPaths(file);
  } catch (error) {
    // The name is empty or too long for a name, and so is the path.
    if (!(error instanceof SystemError)) throw error;
    paths = [file];
  }
  return explainPaths(paths, given) ?? explainFile(file, given);
}

/** Explains what becomes of the first of some paths; undefined without any. */
export function explainPaths(
  paths: readonly Uint8Array[],
  given: Given,
): Explanation | undefined {
  const goesOn = [...SEARCH_GOES_ON].map(errnoName);
  const passedOver: PassedOver[] = [];
  const failures: Explanation[] = [];
  for (const path of paths) {
    const explanation = explainFile(path, given, passedOver);
    if (explanation.kind !== "error" || !goesOn.includes(explanation.code)) {
      return explanation;
    }
    const { code, summary } = explanation;
    failures.push({ ...explanation, passedOver });
    if (paths.length > 1) passedOver.push({ path, code, reason: summary });
  }
  // What is told is what execvp(3) fails with: EACCES if there was one, else
  // the last, and of those the one that says more than that nothing is there.
  const denied = failures.find((it) => codeOf(it) === "EACCES");
  const last = failures.at(-1);
  const code = codeOf(denied ?? last);
  return denied ?? failures.find((it) => codeOf(it) === code && isFound(it)) ??
    last;
}

function codeOf(explanation: Explanation | undefined): string | undefined {
  return explanation?.kind === "error" ? explanation.code : undefined;
}

/** Whether there was a file, and the fault is behind it. */
function isFound(explanation: Explanation): boolean {
  return explanation.kind === "error" && explanation.level > 0;
}

function summaryOf(path: Uint8Array, resolution: Resolution): string {
  switch (resolution.kind) {
    case "error":
      return failureOf(path, resolution);
    case "killed":
    case "unknown":
      return sentence(subjectOf(path, resolution), resolution.reason);
    case "program": {
      const program = quote(resolution.path);
      const runs = resolution.chain.length === 0
        ? `${program} runs`
        : `${program} runs in the place of ${quote(path)}`;
      return resolution.env === undefined
        ? runs
        : `${runs}, and ${envSummary(resolution.env)}`;
    }
  }
}

function envSummary(outcome: EnvOutcome): string {
  switch (outcome.kind) {
    case "execute":
      return `it executes ${quote(outcome.path)}`;
    case "loop":
      return `it executes ${quote(outcome.path)} again, without end`;
    case "print":
      return `executes nothing: ${outcome.reason}`;
    case "fail":
      return `fails with status ${outcome.status}: ${outcome.reason}`;
    case "unknown":
      return `it is not known what it executes: ${outcome.reason}`;
  }
}

function failureOf(path: Uint8Array, error: ResolutionError): string {
  const { chain, reason } = error;
  const last = chain.at(-1);
  const hasReturn = error.code === "ENOENT" && last?.diagnostics.some(
    ({ kind }) => kind === "carriage-return",
  );
  const hint = hasReturn && error.level === chain.length
    ? ", as its line has a Windows line ending"
    : "";
  return sentence(subjectOf(path, error), reason) + hint;
}

/** What a fault is about, undefined if it is the executed file itself. */
function subjectOf(
  path: Uint8Array,
  { at, level, chain }: Exclude<Resolution, { kind: "program" }>,
): string | undefined {
  if (level === 0) return undefined;
  const last = chain.at(-1);
  return level > chain.length
    ? `The loader ${quote(at)} of ${quote(last?.interpreter ?? path)}`
    : `The interpreter ${quote(at)} of ${quote(last!.path)}`;
}

/** Puts a fault's subject into its reason, where "It" stands for it. */
function sentence(subject: string | undefined, reason: string): string {
  if (subject === undefined) return reason;
  return reason.startsWith("It ")
    ? `${subject} ${reason.slice("It ".length)}`
    : `${subject}: ${reason}`;
}
