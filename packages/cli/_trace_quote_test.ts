import { assertEquals } from "@std/assert";
import { quote, type Quoting } from "./_trace_quote.ts";

const encoder = new TextEncoder();

function quoted(text: string, quoting: Quoting = "escapes"): string {
  return quote(encoder.encode(text), quoting);
}

Deno.test("quote() leaves printable ASCII as it is", () => {
  assertEquals(quoted("It's 100 % plain, ~{ok}"), "It's 100 % plain, ~{ok}");
});

Deno.test("quote() escapes as C does", () => {
  assertEquals(quoted('a"b\\c\t\n\v\f\r'), 'a\\"b\\\\c\\t\\n\\v\\f\\r');
});

Deno.test("quote() uses as few octal digits as the next character allows", () => {
  assertEquals(quoted("\x001\x009\x01a\x7f8\x1f"), "\\0001\\09\\1a\\1778\\37");
});

Deno.test("quote() can write hexadecimal where a string is not ASCII", () => {
  assertEquals(quoted("a\n", "hex-if-binary"), "a\\n");
  assertEquals(quoted("a\x00", "hex-if-binary"), "\\x61\\x00");
  assertEquals(quoted("é", "hex-if-binary"), "\\xc3\\xa9");
  assertEquals(quoted("a", "hex"), "\\x61");
});
