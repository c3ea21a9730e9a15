import { runSync } from "@procctl/spawn/run-sync";
import { denoArgv, ROOT, type TemporaryFolder } from "@procctl/testing";
import { tryRun } from "./_children.ts";
import type { Comparison, Missing, Prepare, Variant } from "./_measure.ts";

const MAIN = `${ROOT}/packages/cli/main.ts`;
/** Each tracer and what it traces on one processor, as they take turns. */
const PINNED = ["taskset", "-c", "0"];
const MIB = 2 ** 20;

/** Copies so many bytes one by one: two system calls each. */
function copy(bytes: number): string[] {
  return ["dd", "if=/dev/zero", "of=/dev/null", "bs=1", `count=${bytes}`];
}

/** Starts a program so many times. */
function fork(times: number): string[] {
  const script =
    `i=0; while [ $i -lt ${times} ]; do /bin/true; i=$((i+1)); done`;
  return ["sh", "-c", script];
}

/** The tracers, by what they are called in the table. */
function tracers(
  folder: TemporaryFolder,
  options: readonly string[],
): [name: string, argv: string[]][] {
  const log = (name: string) => ["-o", folder.join(name)];
  return [
    ["strace", ["strace", ...options, ...log("strace")]],
    [
      "procctl trace",
      [...denoArgv(MAIN), "trace", ...options, ...log("procctl")],
    ],
  ];
}

/** Runs a program to its end, and tells what it has used. */
function runQuietly(argv: readonly string[]): ReturnType<typeof runSync> {
  const [command, ...args] = argv;
  const result = runSync(command!, { args, timeout: 600_000 });
  if (result.success) return result;
  throw new Error(`Cannot measure ${argv.join(" ")}`);
}

function timed(name: string, argv: readonly string[]): Variant {
  return {
    name,
    measure() {
      const begin = performance.now();
      runQuietly(argv);
      return performance.now() - begin;
    },
  };
}

/** What is missing here, if anything is. */
function missingOf(programs: readonly string[]): Missing[] {
  return programs.filter((name) => tryRun([name, "--version"]) === undefined)
    .map((name) => ({ name, reason: `needs ${name}` }));
}

/** A command by itself, and under each tracer. */
function prepareTrace(
  title: string,
  command: readonly string[],
  { options, pinned, first = "strace" }: {
    options: readonly string[];
    pinned: boolean;
    /** What the others are compared with. */
    first?: "strace" | "untraced";
  },
): Prepare {
  return (folder): Comparison => {
    const place = pinned ? PINNED : [];
    const missing = missingOf(["strace", ...(pinned ? ["taskset"] : [])]);
    const all = [
      ["untraced", []] as [string, string[]],
      ...tracers(folder, options),
    ].filter(([name]) => !missing.some((it) => it.name === name));
    const index = all.findIndex(([name]) => name === first);
    const order = [...all.splice(index, 1), ...all];
    const variants = order.map(([name, tracer]) =>
      timed(name, [...place, ...tracer, ...command])
    );
    return { title, unit: "ms", runs: 5, variants, missing };
  };
}

/** A hundred thousand system calls, all written to a file, on one processor. */
export const compareTrace: Prepare = prepareTrace(
  "Tracing 100,000 system calls, on one processor",
  copy(50_000),
  { options: ["-f"], pinned: true },
);

/** The same, wherever the kernel puts the two. */
export const compareFreeTrace: Prepare = prepareTrace(
  "The same on any processor",
  copy(50_000),
  { options: ["-f"], pinned: false },
);

/** Calls of which none is wanted. */
export const compareFilteredTrace: Prepare = prepareTrace(
  "Tracing one kind of call among 8,000,000",
  copy(4_000_000),
  {
    options: ["-f", "-e", "trace=openat", "--seccomp-bpf"],
    pinned: true,
    first: "untraced",
  },
);

/** Programs that are short. */
export const compareForkTrace: Prepare = prepareTrace(
  "Tracing the start of 200 programs",
  fork(200),
  { options: ["-f"], pinned: true },
);

/** What memory a long trace takes. */
export const compareTraceMemory: Prepare = (folder): Comparison => {
  const [, [, procctl]] = tracers(folder, ["-f"]) as [
    [string, string[]],
    [string, string[]],
  ];
  const variants = [10_000, 100_000, 1_000_000].map((calls): Variant => ({
    name: `procctl trace, ${calls.toLocaleString("en")} calls`,
    measure: () =>
      runQuietly([...PINNED, ...procctl, ...copy(calls / 2)]).usage.peakMemory /
      MIB,
  }));
  return {
    title: "What memory a trace takes",
    unit: "MiB",
    runs: 5,
    variants,
    missing: missingOf(["taskset"]),
  };
};
