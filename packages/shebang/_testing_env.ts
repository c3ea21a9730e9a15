import { text } from "./_testing.ts";
import {
  type Choices,
  type Comparison,
  type Execution,
  outcomeOf,
  type World,
} from "./_testing_world.ts";
import type { EnvExecution, EnvOutcome, Resolution } from "./resolution.ts";

const ENV = "/usr/bin/env";

/** What strings for env -S are made of. */
const PIECES = [
  ...` \t\n\v\f\r'"#\\\${}_=-`,
  ..."abc",
  " ",
  " ",
  "'",
  '"',
  "\\_",
  "\\c",
  "\\n",
  "\\t",
  "\\q",
  "\\\\",
  "\\'",
  '\\"',
  "\\$",
  "\\#",
  "${A}",
  "${B}",
  "${U}",
  "${E}",
  "${9}",
  "$A",
  "''",
  '""',
  "\xff",
];

/** What can stand before the program. */
const BEFORE = [
  "-i ",
  "-v ",
  "-u A ",
  "-uB ",
  "-iv ",
  "-S a ",
  "-vS 'X=1' ",
  "--unset=A ",
  "--unset B ",
  "--ignore-environment ",
  "--chdir=folder ",
  "-C folder ",
  "-C missing ",
  "--debug ",
  "--split-string='C=3' ",
  "--nonsense ",
  "-x ",
  "-0 ",
  "-u '' ",
  "-u=A ",
  "- ",
  "-- ",
  "A=2 ",
  "=x ",
  "X=${A} ",
  "PATH=folder ",
  "PATH=${PATH}:folder ",
  "PATH=:missing ",
];

const PROGRAMS = [
  "a ",
  "./a ",
  "b ",
  "folder/b ",
  "missing ",
  "plain ",
  "broken ",
  "scripted ",
  "./scripted ",
  "text ",
];

/** What env finds, and what it does not. */
export function prepareEnv(world: World): void {
  world.writeDumper("a");
  world.folder.mkdir("folder");
  world.writeDumper("folder/b");
  world.writeDumper("folder/a");
  world.write("plain", "#!./a\n", 0o644);
  world.write("broken", "#!./missing\n");
  world.write("scripted", "#!./a arg\n");
  world.write("text", "exit 42\n");
}

/** A string for env -S, directly or in a script. */
export function compareEnv(world: World, choices: Choices): Comparison {
  const before = choices.chance(0.5) ? choices.some(BEFORE, 3).join("") : "";
  const name = choices.chance(0.9) ? choices.of(PROGRAMS) : "";
  const rest = choices.some(PIECES, 6).join("");
  const string = before + name + rest;
  const env = ["A=a b", "E=", "B=#", `PATH=${world.folder.path}`, "B=second"];
  const execution = execute(world, string, env, choices);
  const resolution = world.predict(execution, { env });
  const outcome = resolution.kind === "program" && resolution.env
    ? resolution.env
    : undefined;
  const expected = outcome === undefined ? "no env" : expectationOf(outcome);
  return {
    kind: kindOf(outcome),
    expected,
    // What does not end cannot be compared, nor what is not known.
    actual: isOpen(outcome) ? expected : world.execute(execution),
    about: { string, execution },
  };
}

function execute(
  world: World,
  string: string,
  env: string[],
  choices: Choices,
): Execution {
  const argv = choices.some(["x", "y z", ""], 2);
  // In a line there is neither a newline nor a blank at the ends.
  if (choices.chance(0.5) || /^[ \t]|[ \t]$|[\n]/.test(string)) {
    return { path: ENV, argv: ["env", `-S${string}`, ...argv], env };
  }
  world.write("s", `#!${ENV} -S ${string}\n`);
  return { path: "./s", argv: ["s", ...argv], env };
}

function expectationOf(outcome: EnvOutcome): string {
  switch (outcome.kind) {
    case "execute":
      return executionOf(outcome.resolution, outcome);
    case "fail":
      return `exit ${outcome.status}`;
    default:
      return outcome.kind;
  }
}

function executionOf(
  resolution: Resolution,
  { shell, env, path }: EnvExecution,
): string {
  // The one file that the shell is given exits so.
  if (shell) return "exit 42";
  return outcomeOf(resolution, { path: text(path), env: env.map(text) });
}

function kindOf(outcome: EnvOutcome | undefined): string {
  if (outcome === undefined) return "no env";
  if (outcome.kind === "fail") return `exit ${outcome.status}`;
  return outcome.kind === "execute" && outcome.shell ? "shell" : outcome.kind;
}

/**
 * Whether env leads to itself, which is for a test of its own, or to what is not
 * known: to itself with a longer environment each time, for one.
 */
function isOpen(outcome: EnvOutcome | undefined): boolean {
  if (outcome?.kind === "loop" || outcome?.kind === "unknown") return true;
  if (outcome?.kind !== "execute") return false;
  const { resolution } = outcome;
  return resolution.kind === "program" && isOpen(resolution.env);
}
