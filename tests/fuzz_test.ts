// A short round of `deno task fuzz`, with the same input each time: other input
// is for that.

import { assert, assertEquals } from "@std/assert";
import { runFuzz } from "./_run_fuzz.ts";

Deno.test("no public function crashes, hangs or throws another error than it says, for random input", () => {
  const result = runFuzz({ seed: 11, rounds: 20 });
  if ("lost" in result) throw new Error(result.lost);
  assertEquals(result.faults, []);
  const entries = Object.entries(result.functions);
  const uncalled = entries.filter(([, { calls }]) => calls === 0);
  assertEquals(uncalled.map(([name]) => name), []);
  // Random input is not all refused.
  const returned = entries.filter(([, { returned }]) => returned > 0);
  assert(returned.length > entries.length / 3, `${returned.length}`);
});
