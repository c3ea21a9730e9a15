import type { TemporaryFolder } from "@procctl/testing";
import {
  compile,
  denoProgram,
  nodeVersion,
  run,
  sourcePath,
  tryRun,
} from "./_children.ts";
import type { Comparison, Missing, Prepare, Variant } from "./_measure.ts";
import { waitingProgram } from "./_waiting_program.ts";

/**
 * Starts the program of the first argument again and again, and prints the
 * median of what each took to its end, in ms. The heap is as large as the
 * second argument says, in MiB.
 */
const loop = (start: string, args: string) => `
const [path, size] = ${args};
const heap = new Uint8Array(Number(size) * 2 ** 20 + 1).fill(1);
const times = [];
for (let i = -500; i < 500; i++) {
  const begin = performance.now();
  ${start}
  if (i >= 0) times.push(performance.now() - begin);
}
console.log(times.sort((a, b) => a - b)[250] * heap.at(-1));
`;

/** How each function starts a program and waits for its end. */
const PROGRAMS: Record<string, string> = {
  "procctl `spawn()`": `
import { spawn } from "@procctl/spawn";
${loop("await spawn(path).status;", "Deno.args")}`,
  "procctl `ChildProgram`": `
import { ChildProgram } from "@procctl/spawn/child-program";
import { exec } from "@procctl/spawn/steps";
${
    loop(
      "new ChildProgram().add(exec(path, [path], {})).run();",
      "Deno.args",
    )
  }`,
  "`Deno.Command`": loop(
    "await new Deno.Command(path).spawn().status;",
    "Deno.args",
  ),
  "`Deno.Command`, synchronous": loop(
    `new Deno.Command(path, { stdout: "inherit", stderr: "inherit" }).outputSync();`,
    "Deno.args",
  ),
};

const NODE_PROGRAM = `
import { spawn } from "node:child_process";
${
  loop(
    `await new Promise((resolve) =>
      spawn(path, { stdio: "inherit" }).on("exit", resolve));`,
    "process.argv.slice(2)",
  )
}`;

/** From the start of a tiny static program to its end, by a caller of a size. */
function prepareSpawn(mebibytes: number, title: string): Prepare {
  return (folder: TemporaryFolder): Comparison => {
    const target = folder.write("target", waitingProgram(), 0o755);
    const variants: Variant[] = [];
    const missing: Missing[] = [];
    const add = (name: string, argv: string[], env?: Record<string, string>) =>
      variants.push({
        name,
        measure: () => {
          const output = run([...argv, target, String(mebibytes)], env);
          return Number(new TextDecoder().decode(output));
        },
      });

    const starter = compile(folder, "spawn");
    const c = "C `posix_spawn()`, `waitpid()`";
    if (starter === undefined) missing.push({ name: c, reason: "needs gcc" });
    else add(c, [starter]);

    const flags = ["--allow-ffi", "--allow-run"];
    Object.entries(PROGRAMS).forEach(([name, source], index) => {
      const file = `spawn_${index}.js`;
      add(name, ...denoProgram(folder, file, source, flags));
    });

    const node = nodeVersion();
    const file = folder.write("node.mjs", NODE_PROGRAM);
    if (node) add(`Node ${node} \`spawn()\``, ["node", file]);
    else missing.push({ name: "Node `spawn()`", reason: "needs node" });

    const python = tryRun(["python3", "--version"]);
    const script = sourcePath("spawn.py");
    if (python) add(`${python} \`subprocess\``, ["python3", script]);
    else missing.push({ name: "Python `subprocess`", reason: "needs python3" });

    return { title, unit: "ms", runs: 10, variants, missing };
  };
}

/** Starting a program and waiting for its end. */
export const compareSpawn: Prepare = prepareSpawn(
  0,
  "From the start of a tiny program to its end",
);

/** The same for a caller that has much memory in use. */
export const compareLargeSpawn: Prepare = prepareSpawn(
  1024,
  "The same with 1 GiB in use",
);
