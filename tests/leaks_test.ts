// A short round of `deno task leaks`.

import { assertEquals } from "@std/assert";
import { patience } from "@procctl/testing";
import { leakFaults } from "./_run_leaks.ts";

Deno.test("operations leave no descriptor, mapping, child or memory behind, while garbage is collected", () => {
  const flags = ["--gc-interval=500", "--stress-compaction"];
  assertEquals(leakFaults(5, flags, patience(300_000)), []);
});
