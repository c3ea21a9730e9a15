import type { TemporaryFolder } from "@procctl/testing";
import { compile, denoProgram, run, tryRun } from "./_children.ts";
import type { GrowingVariant, Growth } from "./_growth.ts";
import type { Missing } from "./_measure.ts";
import { waitingProgram } from "./_waiting_program.ts";

/** Starts as many children as the size says, which end when all are there. */
const together = (start: string) => `
const [path, size] = Deno.args;
const begin = performance.now();
const children = Array.from({ length: Number(size) }, () => ${start});
await Promise.all(children.map(async ({ stdin, status }) => {
  await stdin.close();
  await status;
}));
console.log(performance.now() - begin);
`;

/** How the time for many children at once grows with their number. */
export function growWithChildren(folder: TemporaryFolder): Growth {
  const target = folder.write("target", waitingProgram(), 0o755);
  return {
    title: "Children at once, from the first start to the last end",
    axis: "children",
    unit: "ms",
    sizes: [1, 10, 100, 1000],
    variants: inDeno(folder, target, {
      "`Deno.Command`": together(
        `new Deno.Command(path, { stdin: "piped" }).spawn()`,
      ),
      "procctl `spawn()`": `
import { spawn } from "@procctl/spawn";
${together(`spawn(path, { stdin: "piped" })`)}`,
    }),
    missing: [],
  };
}

/**
 * Starts a program again and again, warm, and prints the median in ms. What is
 * prepared before uses the size.
 */
const inTurn = (prepare: string, start: string) => `
const [path, size] = Deno.args;
${prepare}
const times = [];
for (let i = -100; i < 100; i++) {
  const begin = performance.now();
  ${start}
  if (i >= 0) times.push(performance.now() - begin);
}
console.log(times.sort((a, b) => a - b)[50]);
`;

/** How the time for a child grows with the memory that its parent uses. */
export function growWithHeap(folder: TemporaryFolder): Growth {
  const target = folder.write("target", waitingProgram(), 0o755);
  const heap =
    "globalThis.heap = new Uint8Array(Number(size) * 2 ** 20).fill(1);";
  const variants: GrowingVariant[] = [];
  const missing: Missing[] = [];
  const starter = compile(folder, "spawn");
  const c = "C `posix_spawn()`";
  if (starter === undefined) missing.push({ name: c, reason: "needs gcc" });
  else {
    variants.push({
      name: c,
      measure: (size) => figureOf([starter, target, String(size)]),
    });
  }
  const python = tryRun(["python3", "--version"]);
  const fork = `Python \`os.fork()\``;
  if (python === undefined) {
    missing.push({ name: fork, reason: "needs python3" });
  } else {
    const script = folder.write("fork.py", FORK_PROGRAM);
    variants.push({
      name: fork,
      measure: (size) => figureOf(["python3", script, target, String(size)]),
    });
  }
  variants.push(...inDeno(folder, target, {
    "`Deno.Command`": inTurn(
      heap,
      "await new Deno.Command(path).spawn().status;",
    ),
    "procctl `spawn()`": `
import { spawn } from "@procctl/spawn";
${inTurn(heap, "await spawn(path).status;")}`,
  }));
  return {
    title: "A child of a program with much memory",
    axis: "MiB in use",
    unit: "ms",
    sizes: [1, 10, 100, 1000],
    variants,
    missing,
  };
}

/** What `fork()` costs, which copies the tables of all pages. */
const FORK_PROGRAM = `
import os, sys, time
path, size = sys.argv[1], int(sys.argv[2])
heap = bytearray(b"\\x01") * (size << 20)
times = []
for i in range(-20, 40):
    begin = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        os.execv(path, [path])
    os.waitpid(pid, 0)
    if i >= 0:
        times.append((time.perf_counter() - begin) * 1e3)
times.sort()
print(times[20])
`;

/** How the time for a child grows with the number of its arguments. */
export function growWithArguments(folder: TemporaryFolder): Growth {
  const target = folder.write("target", waitingProgram(), 0o755);
  const args = 'const args = Array(Number(size)).fill("argument");';
  return {
    title: "A child with many arguments",
    axis: "arguments of 8 bytes",
    unit: "ms",
    sizes: [1, 10, 100, 1000, 10_000],
    variants: inDeno(folder, target, {
      "`Deno.Command`": inTurn(
        args,
        "await new Deno.Command(path, { args }).spawn().status;",
      ),
      "procctl `spawn()`": `
import { spawn } from "@procctl/spawn";
${inTurn(args, "await spawn(path, { args }).status;")}`,
    }),
    missing: [],
  };
}

function inDeno(
  folder: TemporaryFolder,
  target: string,
  programs: Record<string, string>,
): GrowingVariant[] {
  const flags = ["--allow-ffi", "--allow-run"];
  return Object.entries(programs).map(([name, source], index) => {
    const [argv, env] = denoProgram(folder, `${index}.js`, source, flags);
    return {
      name,
      measure: (size) => figureOf([...argv, target, String(size)], env),
    };
  });
}

function figureOf(argv: readonly string[], env?: Record<string, string>) {
  return Number(new TextDecoder().decode(run(argv, env)));
}
