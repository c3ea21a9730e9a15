import { assertEquals } from "@std/assert";
import { expectationOf, judge } from "./expectation.ts";

Deno.test("expectationOf() reads what is printed, in order", () => {
  const code = `console.log("a"); // prints: a
console.log("\\n b");
// prints:
// prints:  b
`;
  assertEquals(expectationOf(code), {
    lines: ["a", "", " b"],
    code: 0,
    toTheEnd: false,
  });
});

Deno.test("expectationOf() reads the exit status", () => {
  assertEquals(expectationOf("Deno.exit(3); // exits: 3"), {
    lines: [],
    code: 3,
    toTheEnd: false,
  });
});

Deno.test("expectationOf() asks a silent snippet to reach its end", () => {
  assertEquals(expectationOf("const a = 1;"), {
    lines: [],
    code: 0,
    toTheEnd: true,
  });
});

const EXPECTATION = { lines: ["a", "b"], code: 0, toTheEnd: false };

Deno.test("judge() accepts the lines and the status that are expected", () => {
  assertEquals(judge(EXPECTATION, "a\nb\n", 0), undefined);
});

Deno.test("judge() shows where the lines differ", () => {
  assertEquals(
    judge(EXPECTATION, "a\nc\nb\n", 1),
    "exits with 1, not 0\nprints other lines:\n  a\n+ c\n  b",
  );
});

Deno.test("judge() minds the last newline", () => {
  assertEquals(
    judge(EXPECTATION, "a\nb", 0),
    "prints other lines:\n  a\n- b\n+ b (without a newline)",
  );
});
