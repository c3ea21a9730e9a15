import { denoArgv, ROOT, type TemporaryFolder } from "@procctl/testing";
import { denoProgram, run, tryRun, wallTime } from "./_children.ts";
import type { Comparison, Missing, Variant } from "./_measure.ts";
import { waitingProgram } from "./_waiting_program.ts";

/** What does it without Deno, and the limits that it sets. */
const PEER = ["timeout", "10", "prlimit", "--cpu=10", "--nofile=64"] as const;

/**
 * Runs the program of the first argument again and again, and prints the median
 * of what each took to its end, in ms.
 */
const loop = (once: string) => `
const [path] = Deno.args;
const limits = { cpu: 10, nofile: 64 };
const times = [];
for (let i = -50; i < 100; i++) {
  const begin = performance.now();
  ${once}
  if (i >= 0) times.push(performance.now() - begin);
}
console.log(times.sort((a, b) => a - b)[50]);
`;

/** How a program is run under limits by one that runs already. */
const PROGRAMS: Record<string, string> = {
  "procctl `spawn()`, with `limits`": `
import { spawn } from "@procctl/spawn";
${loop("await spawn(path, { limits }).status;")}`,
  "the same of `timeout`, `prlimit`": `
import { spawn } from "@procctl/spawn";
const [peer, ...args] = ${JSON.stringify(PEER)};
${loop("await spawn(peer, { args: [...args, path] }).status;")}`,
  "procctl `runLimited()`": `
import { runLimited } from "@procctl/spawn";
${loop("await runLimited(path, { limits, wall: 10 });")}`,
  "the same, no control group": `
import { runLimited } from "@procctl/spawn";
${loop("await runLimited(path, { limits, wall: 10, cgroup: false });")}`,
};

/** Running a tiny program under limits, from Deno: what that adds. */
export function compareRunLimited(folder: TemporaryFolder): Comparison {
  const target = folder.write("target", waitingProgram(), 0o755);
  const variants: Variant[] = Object.entries(PROGRAMS).map(
    ([name, source], index) => {
      const file = `run_${index}.js`;
      const [argv, env] = denoProgram(folder, file, source, ["--allow-ffi"]);
      const measure = () =>
        Number(new TextDecoder().decode(run([...argv, target], env)));
      return { name, measure };
    },
  );
  return {
    title: "A tiny program under limits, from Deno",
    unit: "ms",
    runs: 10,
    variants,
    missing: [],
  };
}

/** The tool beside those that do parts of it, with its own start. */
export function compareRun(folder: TemporaryFolder): Comparison {
  const [empty, env] = denoProgram(folder, "empty.ts", "\n", ["--allow-ffi"]);
  const tool = denoArgv(`${ROOT}/packages/cli/main.ts`);
  const limits = ["--wall", "10s", "--cpu=10", "--nofile=64"];
  const variants: Variant[] = [
    { name: "Deno, an empty file", measure: () => wallTime(empty, env) },
    {
      name: "`procctl run true`, under limits",
      measure: () => wallTime([...tool, "run", ...limits, "true"], env),
    },
  ];
  const missing: Missing[] = [];
  const name = `\`${PEER[0]} ... ${PEER[2]} ... true\``;
  if (tryRun([...PEER, "true"]) === undefined) {
    missing.push({ name, reason: "needs prlimit" });
  } else {
    variants.push({ name, measure: () => wallTime([...PEER, "true"]) });
  }
  return {
    title: "A command under limits, from the shell",
    unit: "ms",
    runs: 40,
    variants,
    missing,
  };
}
