import { assertEquals } from "@std/assert";
import { conformanceFaults } from "./conformance.ts";

const TEXTS = new Map([
  ["tests/a_test.ts", 'Deno.test("it does this", () => {});'],
  ["tests/a.ts", "it does this"],
]);

function faultsOf(cell: string): string[] {
  const table = "| what the page says | how it is shown |\n| --- | --- |\n";
  return conformanceFaults(`# Page\n\n${table}| It does. | ${cell} |\n`, TEXTS);
}

Deno.test("a row of the table names a test, or says why there is none", () => {
  assertEquals(faultsOf("[a](../tests/a_test.ts): it does this"), []);
  assertEquals(faultsOf("Not tested: nobody can."), []);
  const both = "[a](../tests/a_test.ts): it does";
  assertEquals(faultsOf(`${both}<br>${both} this`), []);
});

Deno.test("a row of the table that names no test is a fault", () => {
  const at = "docs/conformance.md:5: ";
  const cases = {
    "[a](../tests/a_test.ts): it does that":
      'tests/a_test.ts has no test "it does that"',
    "[a](../tests/b_test.ts): it does this": "there is no tests/b_test.ts",
    "[a](../tests/a.ts): it does this": "tests/a.ts is not a file of tests",
    "Not tested:":
      '"Not tested:" is neither a test nor "Not tested: " and a reason',
    "later": '"later" is neither a test nor "Not tested: " and a reason',
  };
  for (const [cell, fault] of Object.entries(cases)) {
    assertEquals(faultsOf(cell), [at + fault]);
  }
});
