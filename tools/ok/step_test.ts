import { assertEquals } from "@std/assert";
import { report } from "./step.ts";

const RESULTS = [
  { name: "fmt", success: true, seconds: 0.51 },
  { name: "lint", success: false, seconds: 12.3 },
  {
    name: "tests",
    success: false,
    seconds: 1,
    tests: { passed: 40, failed: 2 },
  },
];

Deno.test("report() counts the steps", () => {
  assertEquals(
    report(RESULTS, { countTests: false }),
    `fmt        ok         0.5 s
lint       FAILED    12.3 s
tests      FAILED     1.0 s
gate: 1 of 3 steps
1 passed, 2 failed`,
  );
});

Deno.test("report() counts each test when asked to", () => {
  const lines = report(RESULTS, { countTests: true }).split("\n");
  assertEquals(lines.at(-1), "41 passed, 4 failed");
});

Deno.test("report() says why a step was not run, and does not count it", () => {
  const guest = {
    name: "aarch64",
    success: true,
    skipped: "there is no npm",
    seconds: 2,
  };
  assertEquals(
    report([...RESULTS, guest], { countTests: true }),
    `fmt        ok         0.5 s
lint       FAILED    12.3 s
tests      FAILED     1.0 s
aarch64    skipped    2.0 s
aarch64 was not run: there is no npm
gate: 1 of 3 steps
41 passed, 4 failed`,
  );
});
