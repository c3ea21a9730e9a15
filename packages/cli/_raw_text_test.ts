import { assertEquals } from "@std/assert";
import { fromRawText, toRawText } from "./_raw_text.ts";

const encode = (text: string) => new TextEncoder().encode(text);

Deno.test("bytes of the command line that are no UTF-8 survive as text", () => {
  const cases = [
    Uint8Array.of(0xff),
    Uint8Array.of(0x61, 0xff, 0xfe, 0x62),
    // Cut short, overlong, a surrogate, beyond the last character.
    Uint8Array.of(0xe2, 0x82),
    Uint8Array.of(0xc0, 0xaf),
    Uint8Array.of(0xed, 0xa0, 0x80),
    Uint8Array.of(0xf4, 0x90, 0x80, 0x80),
    Uint8Array.of(0xf0, 0x9f, 0x98, 0x80, 0x80),
  ];
  for (const bytes of cases) {
    const text = toRawText(bytes);
    assertEquals(text.isWellFormed(), false);
    assertEquals(fromRawText(text), bytes);
  }
});

Deno.test("text of the command line is the same as raw text", () => {
  for (const text of ["", "a", "é€😀", "\ufeffa", "a\ufffdb", "\u{10ffff}"]) {
    assertEquals(toRawText(encode(text)), text);
    assertEquals(fromRawText(text), text);
  }
});
