// deno-lint-ignore-file no-console -- to print is what this program is for

/**
 * Measures procctl beside its peers: `deno task bench [--json=FILE] [--runs=N]
 * [comparison ...]`. See README.md.
 *
 * @module
 */

import { TemporaryFolder } from "@procctl/testing";
import { parseArgs } from "@std/cli";
import { interleave, type Prepare, summarize } from "./_measure.ts";
import {
  formatMachine,
  formatResult,
  type Machine,
  type Result,
} from "./_report.ts";
import { compareExec } from "./exec.ts";
import { compareImport } from "./import.ts";
import { compareObserve, compareObservedForks } from "./observe.ts";
import { compareLargeSpawn, compareSpawn } from "./spawn.ts";
import { compareMany, comparePipes } from "./pipes.ts";
import { compareFreePtrace, comparePtrace } from "./ptrace.ts";
import { compareRlimit } from "./rlimit.ts";
import { compareRun, compareRunLimited } from "./run.ts";
import { compareShebang } from "./shebang.ts";
import { compareStart } from "./start.ts";
import {
  compareFilteredTrace,
  compareForkTrace,
  compareFreeTrace,
  compareTrace,
  compareTraceMemory,
} from "./trace.ts";
import {
  compareCalls,
  compareCallsFree,
  compareFilter,
  compareFilterFree,
  comparePrograms,
  compareProgramsFree,
} from "./tracer.ts";

const COMPARISONS: Record<string, Prepare> = {
  exec: compareExec,
  import: compareImport,
  rlimit: compareRlimit,
  shebang: compareShebang,
  start: compareStart,
  spawn: compareSpawn,
  "spawn-large": compareLargeSpawn,
  pipes: comparePipes,
  many: compareMany,
  ptrace: comparePtrace,
  "ptrace-free": compareFreePtrace,
  run: compareRun,
  "run-limited": compareRunLimited,
  "tool-trace": compareTrace,
  "tool-trace-free": compareFreeTrace,
  "tool-trace-filter": compareFilteredTrace,
  "tool-trace-programs": compareForkTrace,
  "tool-trace-memory": compareTraceMemory,
  "trace-calls": compareCalls,
  "trace-calls-free": compareCallsFree,
  "trace-programs": comparePrograms,
  "trace-programs-free": compareProgramsFree,
  "trace-filter": compareFilter,
  "trace-filter-free": compareFilterFree,
  observe: compareObserve,
  "observe-forks": compareObservedForks,
};

async function compare(prepare: Prepare, runs?: number): Promise<Result> {
  using folder = new TemporaryFolder();
  const comparison = prepare(folder);
  const { title, unit, variants, missing } = comparison;
  const rounds = runs ?? comparison.runs;
  const samples = await interleave(variants, rounds);
  const summaries = variants.map(({ name }, index) =>
    summarize(name, samples[index]!, samples[0]!)
  );
  return { title, unit, runs: rounds, summaries, missing };
}

function describeMachine(): Machine {
  const cpuinfo = Deno.readTextFileSync("/proc/cpuinfo");
  return {
    kernel: Deno.osRelease(),
    arch: Deno.build.arch,
    cpu: /^model name\s*: (.*)$/m.exec(cpuinfo)?.[1] ?? "unnamed",
    cpus: navigator.hardwareConcurrency,
    load: Deno.loadavg()[0]!,
    deno: Deno.version.deno,
  };
}

function usage(message: string): never {
  console.error(message);
  console.error(
    "Usage: deno task bench [--json=FILE] [--runs=N] [comparison ...]",
  );
  console.error(`Comparisons: ${Object.keys(COMPARISONS).join(", ")}`);
  Deno.exit(2);
}

async function main(): Promise<void> {
  const args = parseArgs(Deno.args, {
    string: ["json", "runs", "_"],
    unknown: (arg, key) =>
      key === undefined || usage(`There is no option ${arg}`),
  });
  const runs = args.runs === undefined ? undefined : Number(args.runs);
  if (runs !== undefined && !(Number.isInteger(runs) && runs >= 5)) {
    usage("--runs takes a number, 5 or more: fewer are no measurement");
  }
  // Not after an hour of measuring.
  if (args.json === "") usage("--json takes the name of a file");
  const names = args._.map(String);
  const unknown = names.find((name) => !Object.hasOwn(COMPARISONS, name));
  if (unknown !== undefined) usage(`There is no comparison ${unknown}`);

  const machine = describeMachine();
  console.log(`${formatMachine(machine)}.`);
  const results: Record<string, Result> = {};
  for (const [name, prepare] of Object.entries(COMPARISONS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    try {
      results[name] = await compare(prepare, runs);
    } catch (error) {
      // What was measured before took an hour: it is not to be lost.
      console.error(
        `${name}: ${error instanceof Error ? error.message : error}`,
      );
      Deno.exitCode = 1;
      continue;
    }
    console.log(`\n${formatResult(results[name])}`);
  }
  if (args.json !== undefined) {
    const json = JSON.stringify({ machine, results }, null, 2);
    await Deno.writeTextFile(args.json, `${json}\n`);
  }
}

await main();
