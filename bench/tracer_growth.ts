import type { TemporaryFolder } from "@procctl/testing";
import { compile, denoProgram, run, tryRun } from "./_children.ts";
import type { GrowingVariant, Growth } from "./_growth.ts";
import type { Missing } from "./_measure.ts";
import { tracer } from "./tracer.ts";

/** One processor for tracer and tracee: two differ from run to run. */
const PINNED = ["taskset", "-c", "0"];

/** A program that makes about so many system calls: two for each block. */
function calling(size: number): string[] {
  return ["dd", "if=/dev/zero", "of=/dev/null", "bs=1", `count=${size / 2}`];
}

/** Counts the calls of the program of its arguments, and prints the ms it took. */
const OBSERVER = `
import { observe } from "@procctl/observe";
const [command, ...args] = Deno.args;
const begin = performance.now();
let calls = 0;
{
  using observation = observe(command, { args, stdout: "null", stderr: "null" });
  for await (const batch of observation) calls += batch.length;
}
console.log(performance.now() - begin, calls);
`;

/** How the time for a trace grows with the system calls that it tells. */
export function growWithCalls(folder: TemporaryFolder): Growth {
  const variants: GrowingVariant[] = [];
  const missing: Missing[] = [];
  const flags = ["--allow-ffi"];

  const c = "C, the least loop";
  const program = compile(folder, "tracer");
  if (program === undefined) missing.push({ name: c, reason: "needs gcc" });
  else add(c, [program]);

  const strace = "`strace -f -o FILE`";
  if (tryRun(["strace", "-V"]) === undefined) {
    missing.push({ name: strace, reason: "needs strace" });
  } else {
    const argv = [...PINNED, "strace", "-f", "-o", folder.join("log")];
    variants.push({
      name: strace,
      measure: (size) => {
        const begin = performance.now();
        run([...argv, ...calling(size)]);
        return performance.now() - begin;
      },
    });
  }

  const [deno, env] = denoProgram(folder, "tracer.js", tracer(""), flags);
  add("procctl `Tracer`", [...deno, "all"], env);
  const observing = denoProgram(folder, "observer.js", OBSERVER, flags);
  const name = "procctl `observe()`";
  try {
    run([...observing[0], "true"], observing[1]);
    add(name, ...observing);
  } catch {
    missing.push({ name, reason: "needs to observe" });
  }
  return {
    title: "A trace of many system calls, on one processor",
    axis: "system calls",
    unit: "ms",
    sizes: [100, 1000, 10_000, 100_000, 1_000_000],
    variants,
    missing,
  };

  function add(
    name: string,
    argv: readonly string[],
    env?: Record<string, string>,
  ) {
    variants.push({
      name,
      measure: (size) => {
        const output = run([...PINNED, ...argv, ...calling(size)], env);
        return parseFloat(new TextDecoder().decode(output));
      },
    });
  }
}
