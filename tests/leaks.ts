// deno-lint-ignore-file no-console -- it reports what it finds
/**
 * Makes each operation 10,000 times, plainly and while garbage is collected all
 * the time, and says what was left: `deno task leaks [rounds]`.
 *
 * @module
 */

import { leakFaults } from "./_run_leaks.ts";

const rounds = Number(Deno.args[0] ?? 10_000);
let count = 0;
for (const flags of [[], ["--gc-interval=2000", "--stress-compaction"]]) {
  const faults = leakFaults(rounds, flags, 3_600_000);
  for (const fault of faults) console.log(fault);
  console.log(`${rounds} rounds ${flags.join(" ")}: ${faults.length} leaks`);
  count += faults.length;
}
if (count > 0) Deno.exitCode = 1;
