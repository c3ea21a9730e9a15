import type { TemporaryFolder } from "@procctl/testing";
import { compile, denoProgram, nodeVersion, run, tryRun } from "./_children.ts";
import { clockProgram, NOW, parseDelay } from "./_clock_program.ts";
import type { Comparison, Missing, Variant } from "./_measure.ts";

/**
 * What Deno could do at best: execve by a table of its own, with every buffer
 * made beforehand, so that between the reading of the clock and the kernel
 * there is next to nothing. What it takes more than C is the kernel taking down
 * the old process: its dozen threads, and V8's mappings.
 */
const BARE = `
const encoder = new TextEncoder();
const path = encoder.encode(Deno.args[0] + "\\0");
const time = new Uint8Array(19);
const address = (buffer) =>
  Deno.UnsafePointer.value(Deno.UnsafePointer.of(buffer));
const argv = new BigUint64Array([path, time].map(address).concat(0n));
const env = new BigUint64Array(1);
const open = () => Deno.dlopen("libc.so.6", {
  execve: { parameters: ["buffer", "buffer", "buffer"], result: "i32" },
});
`;

/**
 * The programs that are run by Deno. Each executes the file of its argument and
 * hands it the time right before. It is the first thing that each does, as it
 * is in life: its code is cold, and no symbol is open.
 */
const PROGRAMS: Record<string, string> = {
  "Deno, bare execve, opened before": `${BARE}
const { symbols } = open();
encoder.encodeInto(${NOW}, time);
symbols.execve(path, argv, env);
`,
  "Deno, bare execve, dlopen included": `${BARE}
encoder.encodeInto(${NOW}, time);
open().symbols.execve(path, argv, env);
`,
  "procctl `execve()`": `
import { execve } from "@procctl/exec";
const path = Deno.args[0];
execve(path, [path, ${NOW}], {});
`,
  "procctl `exec()`": `
import { exec } from "@procctl/exec";
const path = Deno.args[0];
exec(path, { args: [${NOW}], clearEnv: true });
`,
};

const NODE_PROGRAM = `
const path = process.argv[2];
process.execve(path, [path, ${NOW}], {});
`;

/**
 * The time from the call of an exec function to the first instruction of the
 * new program, a static one that has next to nothing to be loaded.
 */
export function compareExec(folder: TemporaryFolder): Comparison {
  const target = folder.write("target", clockProgram(), 0o755);
  const variants: Variant[] = [];
  const missing: Missing[] = [];
  const add = (name: string, argv: string[], env?: Record<string, string>) =>
    variants.push({
      name,
      measure: () => parseDelay(run([...argv, target], env)),
    });

  const starter = compile(folder, "exec");
  if (starter === undefined) {
    missing.push({ name: "C `execve()`", reason: "needs gcc" });
  } else {
    add("C `execve()`", [starter]);
  }

  Object.entries(PROGRAMS).forEach(([name, source], index) => {
    const file = `exec_${index}.js`;
    add(name, ...denoProgram(folder, file, source, ["--allow-ffi"]));
  });

  const node = findNode();
  if ("reason" in node) missing.push(node);
  else add(node.name, ["node", folder.write("node.cjs", NODE_PROGRAM)]);

  return {
    title: "From exec to the new program",
    unit: "ms",
    runs: 20,
    variants,
    missing,
  };
}

/** Node's own execve, or why it is left out. */
function findNode(): { name: string } | Missing {
  const version = nodeVersion();
  if (!version) {
    return { name: "Node `process.execve()`", reason: "needs node" };
  }
  const name = `Node ${version} \`process.execve()\``;
  return tryRun(["node", "-p", "typeof process.execve"]) === "function"
    ? { name }
    : { name, reason: "this one has none" };
}
