import { findObstacle } from "@procctl/observe/obstacle";
import type { TemporaryFolder } from "@procctl/testing";
import { denoProgram, run, tryRun, wallTime } from "./_children.ts";
import type { Comparison, Missing, Prepare, Variant } from "./_measure.ts";

const COPIES = 200_000;
const FORKS = 300;

/** Copies byte by byte: little but system calls. */
const DD = `dd if=/dev/zero of=/dev/null bs=1 count=${COPIES} 2>/dev/null`;

/** Makes and executes, and does little else. */
const LOOP = `i=0; while [ $i -lt ${FORKS} ]; do /bin/true; i=$((i+1)); done`;

/** Observes a command, and prints what that took, in ms, and what was lost. */
const PROGRAM = `
import { observe, Summary } from "@procctl/observe";
const begin = performance.now();
const summary = new Summary();
const observation = observe("sh", { args: ["-c", Deno.args[0]] });
for await (const batch of observation) summary.add(batch);
const took = performance.now() - begin;
const calls = summary.calls().reduce((sum, { calls }) => sum + calls, 0);
console.log(JSON.stringify([took, calls, observation.lost]));
`;

/** How often to try again where there was too much else to do to see all. */
const TRIES = 5;

/** What the program says of a run in which it saw all. */
function observe(
  argv: readonly string[],
  env: Record<string, string>,
  minimum: number,
): number {
  for (let tries = 1;; tries++) {
    const output = new TextDecoder().decode(run(argv, env));
    const [took, calls, lost]: [number, number, number] = JSON.parse(output);
    if (lost === 0 && calls >= minimum) return took;
    if (tries === TRIES) {
      throw new Error(`Cannot measure: ${calls} calls, ${lost} events lost`);
    }
  }
}

function prepareObserve(
  script: string,
  { title, calls }: { title: string; calls: number },
): Prepare {
  return (folder: TemporaryFolder): Comparison => {
    const command = ["sh", "-c", script];
    const variants: Variant[] = [
      { name: "untraced", measure: () => wallTime(command) },
    ];
    const missing: Missing[] = [];
    const name = "procctl `observe()`, counted";
    const obstacle = findObstacle();
    if (obstacle === undefined) {
      const flags = ["--allow-ffi"];
      const [argv, env] = denoProgram(folder, "o.js", PROGRAM, flags);
      variants.push({
        name,
        measure: () => observe([...argv, script], env, calls),
      }, {
        name: "the same, with Deno's start and end",
        measure: () => wallTime([...argv, script], env),
      });
    } else missing.push({ name, reason: obstacle.message });

    const add = (name: string, tool: string, ...args: string[]) => {
      if (tryRun([tool, "--version"]) === undefined) {
        missing.push({ name, reason: `needs ${tool}` });
      } else {
        const measure = () => wallTime([tool, ...args, ...command]);
        variants.push({ name, measure });
      }
    };
    add("`strace -f -c`", "strace", "-f", "-c", "-o", folder.join("strace"));
    add("`perf trace -s`", "perf", "trace", "-s", "-o", folder.join("trace"));
    const events = ["-e", "raw_syscalls:*", "-o", folder.join("data")];
    add("`perf record -e raw_syscalls:*`", "perf", "record", "-q", ...events);
    return { title, unit: "ms", runs: 5, variants, missing };
  };
}

/** What it costs a program that does nothing but make system calls. */
export const compareObserve: Prepare = prepareObserve(DD, {
  title: `Counting the calls of dd, ${2 * COPIES} of them`,
  calls: 2 * COPIES,
});

/** What it costs one that starts others. */
export const compareObservedForks: Prepare = prepareObserve(LOOP, {
  title: `Counting the calls of ${FORKS} forks and execs`,
  calls: 20 * FORKS,
});
