import { assertEquals } from "@std/assert";
import { difference } from "./difference.ts";

Deno.test("difference() marks what is missing and what is too much", () => {
  assertEquals(difference("a\nb\nc\n", "a\nd\nc\n"), "  a\n- b\n+ d\n  c");
});

Deno.test("difference() does not count a line at both ends", () => {
  assertEquals(difference("a\n", "a\na\n"), "  a\n+ a");
});

Deno.test("difference() shows an empty text as no line", () => {
  assertEquals(difference("", "a\n"), "+ a");
  assertEquals(difference("a\n", ""), "- a");
});
