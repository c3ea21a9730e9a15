/** Following env(1) of GNU coreutils to the program that it executes. */

import { ascii, concat, equals, indexOf, quote, SLASH } from "./_bytes.ts";
import { isEnv, readEnvCommand } from "./_env_command.ts";
import { valueOf } from "./_environment.ts";
import { reasonOf } from "./_reasons.ts";
import { type Execution, resolveExecution } from "./_resolve.ts";
import type { ExecutableFiles } from "./executable_files.ts";
import type {
  EnvExecution,
  EnvOutcome,
  PassedOver,
  ResolutionError,
} from "./resolution.ts";

/** The errors after which execvp(3) of glibc tries the next folder. */
const GOES_ON = [
  "EACCES",
  "ENODEV",
  "ENOENT",
  "ENOTDIR",
  "ESTALE",
  "ETIMEDOUT",
];

const NAME_MAX = 255;
const PATH_MAX = 4096;
const COLON = 0x3a;

const PATH = ascii("PATH");
const DEFAULT_PATH = ascii("/bin:/usr/bin");
const SHELL = ascii("/bin/sh");

/** How many times one env(1) may lead to another before it is given up. */
const MOST_ROUNDS = 32;

/**
 * Says what env(1) does.
 *
 * @param argv What it is given, its own name first.
 * @param execution How it was executed.
 * @param before What was executed by those before it, to notice a circle.
 */
export function followEnv(
  argv: readonly Uint8Array[],
  execution: Execution,
  before: readonly string[] = [],
): EnvOutcome {
  const command = readEnvCommand(argv, execution.env);
  if (command.kind === "fail") {
    return {
      kind: "fail",
      status: 125,
      reason: command.reason,
      passedOver: [],
    };
  }
  if (command.kind !== "execute") return command;

  const { directory, env } = command;
  if (directory !== undefined) {
    const refusal = enter(directory, execution.files);
    if (refusal !== undefined) return refusal;
  }
  const files = directory === undefined
    ? execution.files
    : filesFrom(directory, execution.files);
  const name = command.argv[0]!;
  const key = [name, ...command.argv, ...env].map((it) => it.join()).join(";");
  if (before.includes(key)) return { kind: "loop", path: name };
  if (before.length === MOST_ROUNDS) {
    const reason = `It leads from one env to another ${MOST_ROUNDS} times`;
    return { kind: "unknown", reason };
  }
  const outcome = search({ ...execution, files, argv: command.argv, env });
  if (outcome.kind !== "execute") return outcome;
  const found = directory === undefined ? outcome : { ...outcome, directory };
  const { resolution } = found;
  if (resolution.kind !== "program" || !isEnv(resolution.path)) return found;
  const next = { ...execution, files, env };
  const nested = followEnv(resolution.argv, next, [...before, key]);
  return { ...found, resolution: { ...resolution, env: nested } };
}

function enter(
  directory: Uint8Array,
  files: ExecutableFiles,
): EnvOutcome | undefined {
  if (files.enter === undefined) {
    const reason = `Whether it can change to ${quote(directory)} is not known`;
    return { kind: "unknown", reason };
  }
  const refusal = files.enter(directory);
  if (refusal === undefined) return undefined;
  const reason = `It cannot change to ${quote(directory)}: ${refusal.code}`;
  return { kind: "fail", status: 125, reason, passedOver: [] };
}

/** The files as they are seen from another directory. */
function filesFrom(
  directory: Uint8Array,
  files: ExecutableFiles,
): ExecutableFiles {
  const from = (path: Uint8Array) =>
    path[0] === SLASH ? path : concat(directory, Uint8Array.of(SLASH), path);
  return {
    open: (path) => files.open(from(path)),
    enter: (path) => files.enter!(from(path)),
  };
}

/** Finds a program as execvp(3) of glibc does, and says what becomes of it. */
function search(execution: Execution): EnvOutcome {
  const { argv, env } = execution;
  const file = argv[0]!;
  if (file.length === 0) return failure("ENOENT", file, "Its name is empty");
  if (file.includes(SLASH)) return outcomeOf(attempt(file, execution), []);
  if (file.length > NAME_MAX) {
    return failure("ENAMETOOLONG", file, reasonOf("ENAMETOOLONG"));
  }
  const passedOver: PassedOver[] = [];
  for (const path of candidates(file, valueOf(env, PATH) ?? DEFAULT_PATH)) {
    const result = attempt(path, execution);
    if (result.kind !== "failed" || !GOES_ON.includes(result.code)) {
      return outcomeOf(result, passedOver);
    }
    const { code, reason } = result;
    passedOver.push({ path, code, reason });
  }
  const denied = passedOver.some(({ code }) => code === "EACCES");
  const code = denied ? "EACCES" : passedOver.at(-1)?.code ?? "ENOENT";
  const reason = denied
    ? "It may not be executed where PATH leads to it"
    : "PATH leads to no such program";
  return failure(code, file, reason, passedOver);
}

/** What became of one path. */
type Attempt =
  | Omit<EnvExecution, "passedOver">
  | { kind: "failed"; path: Uint8Array; code: string; reason: string };

function attempt(path: Uint8Array, execution: Execution): Attempt {
  const { argv } = execution;
  const resolution = resolveExecution({ ...execution, path });
  if (resolution.kind !== "error") {
    return executed(path, execution, false, resolution);
  }
  if (resolution.code !== "ENOEXEC") return failed(path, resolution);
  const shell = resolveExecution({
    ...execution,
    path: SHELL,
    argv: [SHELL, path, ...argv.slice(1)],
  });
  return shell.kind === "error"
    ? failed(path, shell)
    : executed(path, execution, true, shell);
}

function executed(
  path: Uint8Array,
  { argv, env }: Execution,
  shell: boolean,
  resolution: EnvExecution["resolution"],
): Attempt {
  const copies = { argv: [...argv], env: [...env] };
  return { kind: "execute", path, ...copies, shell, resolution };
}

function failed(path: Uint8Array, error: ResolutionError): Attempt {
  const { code, at, reason } = error;
  const about = equals(path, at) ? reason : `${quote(at)}: ${reason}`;
  return { kind: "failed", path, code, reason: about };
}

function outcomeOf(result: Attempt, passedOver: PassedOver[]): EnvOutcome {
  return result.kind === "execute"
    ? { ...result, passedOver }
    : failure(result.code, result.path, result.reason, passedOver);
}

function failure(
  code: string,
  path: Uint8Array,
  reason: string,
  passedOver: PassedOver[] = [],
): EnvOutcome {
  return {
    kind: "fail",
    status: code === "ENOENT" ? 127 : 126,
    reason: `It cannot execute ${quote(path)}: ${reason}`,
    passedOver,
  };
}

/** The paths at which a program is looked for. */
function* candidates(
  file: Uint8Array,
  path: Uint8Array,
): Generator<Uint8Array> {
  for (let start = 0; start <= path.length;) {
    const colon = indexOf(path, COLON, start, path.length);
    const end = colon === -1 ? path.length : colon;
    // An empty element is the current directory, and one that is too long for
    // a path is passed over.
    if (end === start) yield file;
    else if (end - start < PATH_MAX) {
      yield concat(path.subarray(start, end), Uint8Array.of(SLASH), file);
    }
    start = end + 1;
  }
}
