import type { TemporaryFolder } from "@procctl/testing";
import { compile, denoProgram, run, tryRun, wallTime } from "./_children.ts";
import type { Comparison, Missing, Prepare, Variant } from "./_measure.ts";
import { pinning, UNPINNED } from "./_pinning.ts";

/**
 * Traces the program of its arguments, looks at the name and the arguments of
 * each call and at each result, and prints how many ms that took. The first
 * argument names the calls, or is `all`.
 */
export const tracer = (loop: "" | "await"): string => `
import { Tracer } from "@procctl/ptrace";
const [calls, command, ...args] = Deno.args;
const syscalls = calls === "all" ? {} : { syscalls: calls.split(",") };
// Opens the symbols of libc, which takes some 20 ms once.
for (const _event of Tracer.spawn("true", syscalls));
const begin = performance.now();
let sum = 0n;
let names = 0;
const tracer = Tracer.spawn(command, { args, stdout: "null", stderr: "null", ...syscalls });
for ${loop} (const event of tracer) {
  if (event.kind === "syscall-enter") {
    names += event.name.length;
    for (let i = 0; i < 6; i++) sum ^= event.args[i];
  } else if (event.kind === "syscall-exit") {
    sum ^= event.result;
  }
}
console.log(performance.now() - begin, sum !== 0n && names > 0);
`;

/** What is traced. */
const WORK = {
  calls: ["dd", "if=/dev/zero", "of=/dev/null", "bs=1", "count=50000"],
  programs: [
    "sh",
    "-c",
    "i=0; while [ $i -lt 300 ]; do /bin/true; i=$((i+1)); done",
  ],
  filtered: ["dd", "if=/dev/zero", "of=/dev/null", "bs=1", "count=200000"],
} as const;

/** Where tracer and tracees may run: all on one processor, or anywhere. */
type Place = "pinned" | "free";

/** What a program prints first. */
function printed(
  argv: readonly string[],
  env?: Record<string, string>,
): number {
  return parseFloat(new TextDecoder().decode(run(argv, env)));
}

class Contest {
  readonly variants: Variant[] = [];
  readonly missing: Missing[] = [];
  readonly #folder: TemporaryFolder;
  readonly #place: readonly string[];
  readonly #work: readonly string[];

  constructor(
    folder: TemporaryFolder,
    place: readonly string[],
    work: keyof typeof WORK,
  ) {
    this.#folder = folder;
    this.#place = place;
    this.#work = WORK[work];
  }

  addUntraced(): void {
    const argv = [...this.#place, ...this.#work];
    this.variants.push({ name: "untraced", measure: () => wallTime(argv) });
  }

  addStrace(...flags: string[]): void {
    const name = `\`strace ${flags.join(" ")} -o FILE\``;
    if (tryRun(["strace", "-V"]) === undefined) {
      this.missing.push({ name, reason: "needs strace" });
      return;
    }
    const log = this.#folder.join("log");
    const strace = ["strace", ...flags, "-o", log];
    const argv = [...this.#place, ...strace, ...this.#work];
    this.variants.push({ name, measure: () => wallTime(argv) });
  }

  addC(): void {
    const name = "C, the least loop";
    const program = compile(this.#folder, "tracer");
    if (program === undefined) {
      this.missing.push({ name, reason: "needs gcc" });
      return;
    }
    const argv = [...this.#place, program, ...this.#work];
    this.variants.push({ name, measure: () => printed(argv) });
  }

  addProcctl(calls: string, loop: "" | "await" = ""): void {
    const file = loop === "" ? "sync.js" : "async.js";
    const source = tracer(loop);
    const [deno, env] = denoProgram(this.#folder, file, source, [
      "--allow-ffi",
    ]);
    const argv = [...this.#place, ...deno, calls, ...this.#work];
    const name = `procctl \`for ${loop ? "await " : ""}(… of tracer)\``;
    this.variants.push({ name, measure: () => printed(argv, env) });
  }
}

/** Some work, and who takes part. */
function prepareContest(
  { title, runs, work, place }: {
    title: string;
    runs: number;
    work: keyof typeof WORK;
    place: Place;
  },
  fill: (contest: Contest) => void,
): Prepare {
  return (folder): Comparison => {
    const comparison = { title, unit: "ms", runs };
    const words = place === "pinned" ? pinning() : [];
    if (words === undefined) {
      return { ...comparison, variants: [], missing: [UNPINNED] };
    }
    const contest = new Contest(folder, words, work);
    fill(contest);
    const { variants, missing } = contest;
    return { ...comparison, variants, missing };
  };
}

/** All system calls of some work, seen by each tracer. */
function prepareTrace(
  title: string,
  work: keyof typeof WORK,
  place: Place,
): Prepare {
  return prepareContest({ title, runs: 5, work, place }, (contest) => {
    contest.addStrace("-f");
    contest.addC();
    contest.addProcctl("all");
    contest.addProcctl("all", "await");
    contest.addUntraced();
  });
}

/** One call of many, by a filter. */
function prepareFilter(title: string, place: Place): Prepare {
  const work = "filtered";
  return prepareContest({ title, runs: 9, work, place }, (contest) => {
    contest.addUntraced();
    contest.addProcctl("openat");
    contest.addStrace("-f", "--seccomp-bpf", "-e", "trace=openat");
  });
}

/** 100,000 system calls, on one processor. */
export const compareCalls: Prepare = prepareTrace(
  "Tracing 100,000 system calls, all on one processor",
  "calls",
  "pinned",
);

/** The same, wherever the kernel puts tracer and tracee. */
export const compareCallsFree: Prepare = prepareTrace(
  "The same on any processor",
  "calls",
  "free",
);

/** 300 programs, on one processor. */
export const comparePrograms: Prepare = prepareTrace(
  "Tracing a shell that starts 300 programs, all on one processor",
  "programs",
  "pinned",
);

/** The same, wherever the kernel puts them. */
export const compareProgramsFree: Prepare = prepareTrace(
  "The same on any processor",
  "programs",
  "free",
);

/** One call among 400,000, on one processor. */
export const compareFilter: Prepare = prepareFilter(
  "Telling of one system call among 400,000, all on one processor",
  "pinned",
);

/** The same, wherever the kernel puts them. */
export const compareFilterFree: Prepare = prepareFilter(
  "The same on any processor",
  "free",
);
