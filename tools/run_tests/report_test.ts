import { assertEquals } from "@std/assert";
import { parseReport, reportFaults } from "./report.ts";

const PLAIN = `running 4 tests from ./packages/libc/errno_test.ts
errnoName() names ENOENT ... ok (523µs)
chroot() changes the root (skipped: needs root) ... ignored (0ms)
run() prints ...
------- output -------
running 1 test from ./printed_test.ts
printed ... ignored (0ms)
ok | 9 passed | 0 failed (1ms)
----- output end -----
  first step ... ok (0ms)
  second step ... ignored (0ms)
run() prints ... ok (1ms)
a\\nb ... FAILED (due to 1 failed step) (57µs)
running 0 tests from ./tools/empty_test.ts

FAILED | 2 passed (1 step) | 1 failed | 1 ignored (1 step) (87ms)

`;

function coloured(text: string): string {
  const escape = String.fromCharCode(27);
  return text
    .replaceAll(
      /(\(\S+s\)|-+ output.* -+|running.*)/g,
      `${escape}[0m${escape}[38;5;245m$1${escape}[0m`,
    )
    .replaceAll(/\b(ok|FAILED|ignored)\b/g, `${escape}[32m$1${escape}[0m`);
}

const EXPECTED = {
  files: new Map([
    ["packages/libc/errno_test.ts", 4],
    ["tools/empty_test.ts", 0],
  ]),
  names: [
    "errnoName() names ENOENT",
    "chroot() changes the root (skipped: needs root)",
    "run() prints",
    "a\\nb",
  ],
  ignored: [
    "chroot() changes the root (skipped: needs root)",
    "second step",
  ],
  summary: { passed: 2, failed: 1 },
};

Deno.test("parseReport() reads files, tests and the summary", () => {
  assertEquals(parseReport(PLAIN), EXPECTED);
});

Deno.test("parseReport() reads a coloured report", () => {
  assertEquals(parseReport(coloured(PLAIN)), EXPECTED);
});

Deno.test("parseReport() reads the summary of a run where all passed", () => {
  const { summary } = parseReport("ok | 111 passed | 0 failed (364ms)\n");
  assertEquals(summary, { passed: 111, failed: 0 });
});

Deno.test("reportFaults() finds none in a run of all the files", () => {
  const report = parseReport(
    "running 1 test from ./a_test.ts\na ... ok (1ms)\n\nok | 1 passed | 0 failed (2ms)\n",
  );
  assertEquals(reportFaults(report, ["a_test.ts"]), []);
});

Deno.test("reportFaults() misses the summary, files and tests", () => {
  const lost = PLAIN.slice(0, PLAIN.indexOf("FAILED |"));
  assertEquals(
    reportFaults(parseReport(lost), ["tools/empty_test.ts", "b_test.ts"]),
    [
      "Deno did not print its summary: the runner was lost",
      "tools/empty_test.ts: contains no test",
      "b_test.ts: did not run",
    ],
  );
});

Deno.test("reportFaults() finds a name that is used twice", () => {
  const report = parseReport(
    "a ... ok (1ms)\nb ... ok (1ms)\na ... ok (1ms)\nok | 3 passed | 0 failed (2ms)",
  );
  assertEquals(reportFaults(report, []), ['More than one test is named "a"']);
});
