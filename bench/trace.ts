import { runLimited } from "@procctl/spawn/run-limited";
import { runSync } from "@procctl/spawn/run-sync";
import { denoArgv, ROOT, type TemporaryFolder } from "@procctl/testing";
import { tryRun } from "./_children.ts";
import type { Comparison, Missing, Prepare, Variant } from "./_measure.ts";
import { pinning, UNPINNED } from "./_pinning.ts";

const MAIN = `${ROOT}/packages/cli/main.ts`;
const MIB = 2 ** 20;
const SAME_CPU = "procctl trace --same-cpu";

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
  const procctl = [...denoArgv(MAIN), "trace", ...options, ...log("procctl")];
  return [
    ["strace", ["strace", ...options, ...log("strace")]],
    ["procctl trace", procctl],
    [SAME_CPU, [...procctl, "--same-cpu"]],
  ];
}

/** Runs a program to its end. */
function runQuietly(argv: readonly string[]): void {
  const [command, ...args] = argv;
  if (runSync(command!, { args, timeout: 600_000 }).success) return;
  throw new Error(`Cannot measure ${argv.join(" ")}`);
}

/**
 * The most memory that a program had, in bytes. The kernel counts a child's from
 * what its parent has, which is more here; that of a limited command is small.
 */
async function peakMemory(argv: readonly string[]): Promise<number> {
  const [command, ...args] = argv;
  const { success, usage } = await runLimited(command!, { args, wall: 600 });
  if (success) return usage.peakMemory;
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
    const comparison = { title, unit: "ms", runs: 5 };
    const place = pinned ? pinning() : [];
    if (place === undefined) {
      return { ...comparison, variants: [], missing: [UNPINNED] };
    }
    const missing: Missing[] = [];
    if (tryRun(["strace", "--version"]) === undefined) {
      missing.push({ name: "strace", reason: "needs strace" });
    }
    const variants = [
      ["untraced", []] as [string, string[]],
      ...tracers(folder, options),
    ]
      .filter(([name]) => !missing.some((it) => it.name === name))
      .filter(([name]) => !pinned || name !== SAME_CPU)
      .toSorted(([a], [b]) => Number(b === first) - Number(a === first))
      .map(([name, tracer]) => timed(name, [...place, ...tracer, ...command]));
    return { ...comparison, variants, missing };
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
  const comparison = {
    title: "What memory a trace takes",
    unit: "MiB",
    runs: 5,
  };
  const place = pinning();
  if (place === undefined) {
    return { ...comparison, variants: [], missing: [UNPINNED] };
  }
  const procctl = tracers(folder, ["-f"])[1]![1];
  const variants = [10_000, 100_000, 1_000_000].map((calls): Variant => ({
    name: `procctl trace, ${calls.toLocaleString("en")} calls`,
    measure: async () =>
      await peakMemory([...place, ...procctl, ...copy(calls / 2)]) / MIB,
  }));
  return { ...comparison, variants, missing: [] };
};
