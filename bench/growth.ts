// deno-lint-ignore-file no-console -- to print is what this program is for

/**
 * Measures how costs grow: `deno task bench:growth [--runs=N] [--plot=FILE]
 * [growth ...]`. See README.md.
 *
 * @module
 */

import { TemporaryFolder } from "@procctl/testing";
import { parseArgs } from "@std/cli";
import { formatGrowth, measureGrowth, type PrepareGrowth } from "./_growth.ts";
import { type Measured, plot } from "./_plot.ts";
import {
  growWithArguments,
  growWithChildren,
  growWithHeap,
} from "./spawn_growth.ts";
import { growWithCalls } from "./tracer_growth.ts";

const GROWTHS: Record<string, PrepareGrowth> = {
  children: growWithChildren,
  heap: growWithHeap,
  arguments: growWithArguments,
  calls: growWithCalls,
};

function usage(message: string): never {
  console.error(message);
  console.error(
    "Usage: deno task bench:growth [--runs=N] [--plot=FILE] [growth ...]",
  );
  console.error(`Growths: ${Object.keys(GROWTHS).join(", ")}`);
  Deno.exit(2);
}

async function main(): Promise<void> {
  const args = parseArgs(Deno.args, {
    string: ["runs", "plot", "_"],
    unknown: (arg, key) =>
      key === undefined || usage(`There is no option ${arg}`),
  });
  const runs = Number(args.runs ?? 5);
  if (!(Number.isInteger(runs) && runs >= 5)) {
    usage("--runs takes a number, 5 or more: fewer are no measurement");
  }
  const names = args._.map(String);
  const unknown = names.find((name) => !Object.hasOwn(GROWTHS, name));
  if (unknown !== undefined) usage(`There is no growth ${unknown}`);

  const measured: Measured[] = [];
  for (const [name, prepare] of Object.entries(GROWTHS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    using folder = new TemporaryFolder();
    const growth = prepare(folder);
    const curves = await measureGrowth(growth, runs);
    console.log(`${formatGrowth(growth, curves, runs)}\n`);
    if (curves.length > 0) measured.push({ growth, curves });
  }
  if (args.plot !== undefined) {
    await Deno.writeTextFile(args.plot, plot(measured));
  }
}

await main();
