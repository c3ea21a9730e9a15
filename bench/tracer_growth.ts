import { findObstacle } from "@procctl/observe/obstacle";
import type { TemporaryFolder } from "@procctl/testing";
import { compile, denoProgram, run, tryRun, wallTime } from "./_children.ts";
import type { GrowingVariant, Growth } from "./_growth.ts";
import type { Missing } from "./_measure.ts";
import { pinning, UNPINNED } from "./_pinning.ts";
import { tracer } from "./tracer.ts";

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
  const growth = {
    title: "A trace of many system calls, on one processor",
    axis: "system calls",
    unit: "ms",
    sizes: [100, 1000, 10_000, 100_000, 1_000_000],
  };
  const place = pinning();
  if (place === undefined) {
    return { ...growth, variants: [], missing: [UNPINNED] };
  }
  const variants: GrowingVariant[] = [];
  const missing: Missing[] = [];
  const add = (
    name: string,
    argv: readonly string[],
    env?: Record<string, string>,
  ) =>
    variants.push({
      name,
      measure: (size) => {
        const output = run([...place, ...argv, ...calling(size)], env);
        return parseFloat(new TextDecoder().decode(output));
      },
    });

  const c = "C, the least loop";
  const program = compile(folder, "tracer");
  if (program === undefined) missing.push({ name: c, reason: "needs gcc" });
  else add(c, [program]);

  const strace = "`strace -f -o FILE`";
  if (tryRun(["strace", "-V"]) === undefined) {
    missing.push({ name: strace, reason: "needs strace" });
  } else {
    const argv = [...place, "strace", "-f", "-o", folder.join("log")];
    variants.push({
      name: strace,
      measure: (size) => wallTime([...argv, ...calling(size)]),
    });
  }

  const flags = ["--allow-ffi"];
  const [deno, env] = denoProgram(folder, "tracer.js", tracer(""), flags);
  add("procctl `Tracer`", [...deno, "all"], env);
  const observe = "procctl `observe()`";
  const obstacle = findObstacle();
  if (obstacle === undefined) {
    add(observe, ...denoProgram(folder, "observer.js", OBSERVER, flags));
  } else missing.push({ name: observe, reason: obstacle.message });
  return { ...growth, variants, missing };
}
