import { assertEquals } from "@std/assert";
import { wordsOf } from "./words.ts";

Deno.test("wordsOf() reads names, values, ranges, beginnings and masks", () => {
  assertEquals(wordsOf("&0x3 A_B & X_* -X_MAX @other &?0xff C=4 D=-/0x10/-"), [
    { kind: "mask", mask: 3, bits: false },
    { kind: "name", name: "A_B" },
    { kind: "mask", mask: 0, bits: false },
    { kind: "all", name: "X_" },
    { kind: "without", name: "X_MAX" },
    { kind: "table", name: "other" },
    { kind: "mask", mask: 0xff, bits: true },
    { kind: "literal", name: "C", values: [4, 4, 4] },
    { kind: "literal", name: "D", values: [undefined, 16, undefined] },
  ]);
  assertEquals(wordsOf("R_1..2=33"), [
    { kind: "literal", name: "R_1", values: [33, 33, 33] },
    { kind: "literal", name: "R_2", values: [34, 34, 34] },
  ]);
  assertEquals(wordsOf(" "), []);
});
