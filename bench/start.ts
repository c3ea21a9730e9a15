import { denoArgv, ROOT, type TemporaryFolder } from "@procctl/testing";
import { denoProgram, tryRun, wallTime } from "./_children.ts";
import type { Comparison, Missing, Variant } from "./_measure.ts";

/** Command lines of the tool; a command that is started does nothing. */
const COMMANDS: readonly string[][] = [
  ["--version"],
  ["--help"],
  ["why", "/bin/sh"],
  ["why", "sh"],
  ["limits"],
  ["limits", "--nofile=64", "true"],
  ["exec", "true"],
  ["completions", "bash"],
];

/** What does the same without Deno. */
const PEERS: readonly string[][] = [
  ["prlimit"],
  ["prlimit", "--nofile=64", "true"],
  ["env", "true"],
];

/**
 * What a person waits for the tool: the wall time from its start to its end,
 * with Deno's own cache warm.
 */
export function compareStart(folder: TemporaryFolder): Comparison {
  const [argv, env] = denoProgram(folder, "empty.ts", "\n", ["--allow-ffi"]);
  const variants: Variant[] = [
    { name: "Deno, an empty file", measure: () => wallTime(argv, env) },
  ];
  const tool = denoArgv(`${ROOT}/packages/cli/main.ts`);
  for (const args of COMMANDS) {
    const name = `\`procctl ${args.join(" ")}\``;
    const measure = () => wallTime([...tool, ...args], env);
    variants.push({ name, measure });
  }
  const missing: Missing[] = [];
  for (const argv of PEERS) {
    const name = `\`${argv.join(" ")}\``;
    if (tryRun([argv[0]!, "--version"]) === undefined) {
      missing.push({ name, reason: `needs ${argv[0]}` });
    } else variants.push({ name, measure: () => wallTime(argv) });
  }
  return {
    title: "From the start of the tool to its end",
    unit: "ms",
    runs: 40,
    variants,
    missing,
  };
}
