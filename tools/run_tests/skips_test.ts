import { assertEquals } from "@std/assert";
import { parseSkips, skipFaults, skipsAmong } from "./skips.ts";

const ROOT_SKIP = "a (skipped: needs an ordinary user)";
const USER_SKIP = "b (skipped: needs root)";
const LISTS = new Map([
  ["ci-root", [ROOT_SKIP]],
  ["ci-user", [USER_SKIP]],
]);

Deno.test("parseSkips() passes over comments and empty lines", () => {
  assertEquals(parseSkips(`# Root.\n\n${ROOT_SKIP}\n`), [ROOT_SKIP]);
});

Deno.test("skipFaults() takes a skip of any setting when none is named", () => {
  assertEquals(skipFaults([USER_SKIP], LISTS), []);
  assertEquals(skipFaults([], LISTS), []);
});

Deno.test("skipFaults() refuses a skip that is in no list", () => {
  assertEquals(skipFaults(["c (skipped: needs gdb)"], LISTS), [
    "Skipped, but not in any file of tests/skips: c (skipped: needs gdb)",
  ]);
});

Deno.test("skipFaults() asks a named setting for equality", () => {
  assertEquals(skipFaults([ROOT_SKIP], LISTS, "ci-root"), []);
  assertEquals(skipFaults([USER_SKIP], LISTS, "ci-root"), [
    `Skipped, but not in tests/skips/ci-root.txt: ${USER_SKIP}`,
    `In tests/skips/ci-root.txt, but not skipped: ${ROOT_SKIP}`,
  ]);
});

Deno.test("skipFaults() refuses a setting without a list", () => {
  assertEquals(skipFaults([], LISTS, "moon"), [
    "There is no tests/skips/moon.txt",
  ]);
});

Deno.test("skipFaults() refuses a skip that does not say why", () => {
  assertEquals(skipFaults(["a"], new Map([["ci-root", ["a"]]])), [
    "Skipped without a reason in its name: a",
  ]);
});

Deno.test("skipsAmong() leaves out tests that were not met, whatever the reason", () => {
  assertEquals(
    skipsAmong([ROOT_SKIP, USER_SKIP], ["b", "a (skipped: needs gcc)"]),
    [ROOT_SKIP, USER_SKIP],
  );
  assertEquals(skipsAmong([ROOT_SKIP, USER_SKIP], ["b"]), [USER_SKIP]);
});
