import { findObstacle } from "@procctl/observe/obstacle";
import type { TemporaryFolder } from "@procctl/testing";
import { denoProgram, run, tryRun } from "./_children.ts";
import type { Comparison, Missing, Prepare, Variant } from "./_measure.ts";

const COPIES = 200_000;
const FORKS = 300;

/** Copies byte by byte: little but system calls. */
const DD = `dd if=/dev/zero of=/dev/null bs=1 count=${COPIES} 2>/dev/null`;

/** Makes and executes, and does little else. */
const LOOP = `i=0; while [ $i -lt ${FORKS} ]; do /bin/true; i=$((i+1)); done`;

/** Observes a command, and prints what that took, in ms. */
const observing = (minimum: number) => `
import { observe, Summary } from "@procctl/observe";
const begin = performance.now();
const summary = new Summary();
const observation = observe("sh", { args: ["-c", Deno.args[0]] });
for await (const batch of observation) summary.add(batch);
console.log(performance.now() - begin);
const calls = summary.calls().reduce((sum, { calls }) => sum + calls, 0);
if (observation.lost > 0 || calls < ${minimum}) {
  throw new Error(calls + " calls, " + observation.lost + " events lost");
}
`;

/** How long a command takes, from the outside, in ms. */
function timeOf(argv: readonly string[], env?: Record<string, string>): number {
  const begin = performance.now();
  run(argv, env);
  return performance.now() - begin;
}

function prepareObserve(
  script: string,
  { title, calls }: { title: string; calls: number },
): Prepare {
  return (folder: TemporaryFolder): Comparison => {
    const command = ["sh", "-c", script];
    const variants: Variant[] = [
      { name: "untraced", measure: () => timeOf(command) },
    ];
    const missing: Missing[] = [];
    const observe = "procctl `observe()`, counted";
    const obstacle = findObstacle();
    if (obstacle === undefined) {
      const flags = ["--allow-ffi"];
      const [argv, env] = denoProgram(folder, "o.js", observing(calls), flags);
      variants.push({
        name: observe,
        measure: () => {
          const output = run([...argv, script], env);
          return Number(new TextDecoder().decode(output));
        },
      }, {
        name: "the same, with Deno's start and end",
        measure: () => timeOf([...argv, script], env),
      });
    } else missing.push({ name: observe, reason: obstacle.message });

    const add = (name: string, tool: string, ...args: string[]) => {
      if (tryRun([tool, "--version"]) === undefined) {
        missing.push({ name, reason: `needs ${tool}` });
      } else {
        const measure = () => timeOf([tool, ...args, ...command]);
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
