// deno-lint-ignore-file no-console -- it reports what it finds
/**
 * The whole matrix: every public call under every condition, some 2,500
 * processes; then with one system call after another failing, some 6,000.
 * `deno task faults [words]` takes the conditions whose names contain one of the
 * words, and the failing calls for the word "injected".
 *
 * @module
 */

import { type Condition, CONDITIONS } from "./_conditions.ts";
import { examples } from "./_examples.ts";
import {
  callsToFail,
  ERRORS,
  injectedFault,
  runInjected,
} from "./_injected_cells.ts";
import { cellFaults } from "./_matrix.ts";

const all = examples();
const conditions = (Object.keys(CONDITIONS) as Condition[]).filter((it) =>
  Deno.args.length === 0 || Deno.args.some((word) => it.includes(word))
);
let count = 0;
for (const condition of conditions) {
  const faults = await cellFaults(all, condition);
  for (const fault of faults) console.log(fault);
  console.log(`${condition}: ${all.length} calls, ${faults.length} faults`);
  count += faults.length;
}
if (Deno.args.length === 0 || Deno.args.includes("injected")) {
  for (const example of all) {
    const { calls, outcome } = runInjected(example);
    const failing = callsToFail(calls);
    for (const nth of failing) {
      for (const errno of Object.values(ERRORS)) {
        const fault = injectedFault(example, { nth, errno }, outcome);
        if (fault === undefined) continue;
        console.log(fault);
        count++;
      }
    }
    console.log(
      `${example.place}: ${failing.length} of ${calls.length} calls have failed`,
    );
  }
}
if (count > 0) Deno.exitCode = 1;
