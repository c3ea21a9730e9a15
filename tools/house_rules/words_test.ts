import { assertEquals } from "@std/assert";
import { wordFaults } from "./words.ts";

// Put together here, as this file too is searched.
const MACHINE_PATH = ["", "root", ".npm"].join("/");
const ONLY = ["Deno", "test", "only"].join(".");

Deno.test("wordFaults() finds paths of one machine", () => {
  assertEquals(wordFaults("README.md", `a\nsee ${MACHINE_PATH}\n`), [
    `README.md:2: "${MACHINE_PATH.slice(0, 6)}" is a path of one machine`,
  ]);
  assertEquals(wordFaults("a.md", `docs${MACHINE_PATH}, <tmp>/folder/`), []);
});

Deno.test("wordFaults() finds tests that hide others", () => {
  assertEquals(wordFaults("a_test.ts", `${ONLY}("a", () => {});`), [
    `a_test.ts:1: "${ONLY}" hides tests: testWith() of @procctl/testing skips, saying why`,
  ]);
});

Deno.test("wordFaults() finds unsafe helpers in packages, not in tests", () => {
  const text = "Deno.UnsafePointer.of(buffer);";
  assertEquals(wordFaults("packages/libc/a.ts", text), [
    'packages/libc/a.ts:1: "Deno.UnsafePointer" does not work with --allow-ffi=<path of libc>',
  ]);
  assertEquals(wordFaults("packages/libc/a_test.ts", text), []);
  assertEquals(wordFaults("packages/libc/README.md", text), []);
});
