// deno-lint-ignore-file no-console -- a program of its own: it prints what it finds

/**
 * Compares what this package predicts with what the kernel and env(1) do, for
 * as many cases as its arguments say: `--cases=N --seed=N`. It changes its
 * directory and its limits, so it is run as a program of its own.
 */

import { seededRandom } from "@procctl/testing";
import { compareChain, prepareChains } from "./_testing_chains.ts";
import { compareElf, prepareElf } from "./_testing_elf.ts";
import { compareEnv, prepareEnv } from "./_testing_env.ts";
import { compareLine, prepareLines } from "./_testing_lines.ts";
import { compareSpace, prepareSpace } from "./_testing_space.ts";
import { Choices, type Comparison, World } from "./_testing_world.ts";

/** What is compared, and which part of all cases it has. */
const TOPICS = [
  { name: "lines", part: 0.4, prepare: prepareLines, compare: compareLine },
  { name: "chains", part: 0.15, prepare: prepareChains, compare: compareChain },
  { name: "elf", part: 0.15, prepare: prepareElf, compare: compareElf },
  { name: "space", part: 0.1, prepare: prepareSpace, compare: compareSpace },
  { name: "env", part: 0.2, prepare: prepareEnv, compare: compareEnv },
] as const;

/** How many differences are shown. */
const MOST_SHOWN = 5;

function numberOf(name: string, otherwise: number): number {
  const prefix = `--${name}=`;
  const given = Deno.args.find((arg) => arg.startsWith(prefix));
  return given === undefined ? otherwise : Number(given.slice(prefix.length));
}

function main(): void {
  const cases = numberOf("cases", 2_500);
  const seed = numberOf("seed", Date.now() % 2 ** 31);
  const only = Deno.args.find((arg) => !arg.startsWith("--"));
  console.log(`seed ${seed}`);
  let total = 0;
  const differences: Comparison[] = [];
  for (const { name, part, prepare, compare } of TOPICS) {
    if (only !== undefined && only !== name) continue;
    using world = new World();
    prepare(world);
    const choices = new Choices(seededRandom(seed));
    const kinds = new Map<string, number>();
    const start = performance.now();
    const count = Math.ceil(cases * part);
    for (let i = 0; i < count; i++) {
      const comparison = compare(world, choices);
      const { kind, expected, actual } = comparison;
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      if (expected !== actual) differences.push(comparison);
    }
    total += count;
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${name}: ${count} cases, ${seconds} s`);
    for (const [kind, count] of [...kinds].sort()) {
      console.log(`  ${count} ${kind}`);
    }
  }
  for (const { expected, actual, about } of differences.slice(0, MOST_SHOWN)) {
    console.log(JSON.stringify({ expected, actual, about }).slice(0, 2000));
  }
  console.log(`${total} cases, ${differences.length} differences`);
  if (differences.length > 0) Deno.exitCode = 1;
}

main();
