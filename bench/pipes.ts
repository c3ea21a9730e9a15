import type { TemporaryFolder } from "@procctl/testing";
import { denoProgram, run } from "./_children.ts";
import type { Comparison, Variant } from "./_measure.ts";
import { waitingProgram } from "./_waiting_program.ts";

const MEBIBYTES = 256;
const CHILDREN = 1000;

/** Reads much of what a program writes, and prints what that took, in ms. */
const reading = (read: string) => `
const args = ["-c", "${MEBIBYTES * 2 ** 20}", "/dev/zero"];
const options = { args, stdout: "piped" };
let size = 0;
const begin = performance.now();
${read}
console.log(performance.now() - begin);
if (size !== ${MEBIBYTES * 2 ** 20}) throw new Error(String(size));
`;

const STREAM = "for await (const chunk of child.stdout) size += chunk.length;";

const READERS: Record<string, string> = {
  "`Deno.Command`, its stream": reading(
    `const child = new Deno.Command("head", options).spawn(); ${STREAM}`,
  ),
  "procctl `spawn()`, its stream": `
import { spawn } from "@procctl/spawn";
${reading(`const child = spawn("head", options); ${STREAM}`)}`,
  "`Deno.Command`, `output()`": reading(
    `size = (await new Deno.Command("head", options).output()).stdout.length;`,
  ),
  "procctl `spawn()`, `output()`": `
import { spawn } from "@procctl/spawn";
${reading(`size = (await spawn("head", options).output()).stdout.length;`)}`,
};

/** How long it takes to read what a child writes. */
export function comparePipes(folder: TemporaryFolder): Comparison {
  return {
    title: `Reading ${MEBIBYTES} MiB from a child`,
    unit: "ms",
    runs: 10,
    variants: variantsOf(folder, "pipes", READERS, []),
    missing: [],
  };
}

/** Starts many children that wait, lets them all end, and waits for that. */
const many = (start: string) => `
const path = Deno.args[0];
const begin = performance.now();
const children = Array.from({ length: ${CHILDREN} }, () => ${start});
await Promise.all(children.map(async ({ stdin, status }) => {
  await stdin.close();
  await status;
}));
console.log(performance.now() - begin);
`;

const STARTERS: Record<string, string> = {
  "`Deno.Command`": many(
    `new Deno.Command(path, { stdin: "piped" }).spawn()`,
  ),
  "procctl `spawn()`": `
import { spawn } from "@procctl/spawn";
${many(`spawn(path, { stdin: "piped" })`)}`,
};

/** How long it takes to start and end many children that run at once. */
export function compareMany(folder: TemporaryFolder): Comparison {
  const target = folder.write("target", waitingProgram(), 0o755);
  return {
    title: `${CHILDREN} children at once, from the first start to the last end`,
    unit: "ms",
    runs: 10,
    variants: variantsOf(folder, "many", STARTERS, [target]),
    missing: [],
  };
}

function variantsOf(
  folder: TemporaryFolder,
  file: string,
  programs: Record<string, string>,
  args: readonly string[],
): Variant[] {
  const flags = ["--allow-ffi", "--allow-run"];
  return Object.entries(programs).map(([name, source], index) => {
    const script = `${file}_${index}.js`;
    const [argv, env] = denoProgram(folder, script, source, flags);
    return {
      name,
      measure: () =>
        Number(new TextDecoder().decode(run([...argv, ...args], env))),
    };
  });
}
