import { assertEquals, assertThrows } from "@std/assert";
import { type Span, Word } from "./_word.ts";

const encoder = new TextEncoder();

/** Memory that begins at address 0, and ends with the text. */
function reader(text: string) {
  const memory = encoder.encode(text);
  return (address: number, bytes: Uint8Array<ArrayBuffer>): number => {
    const part = memory.subarray(address, address + bytes.length);
    bytes.set(part);
    return part.length;
  };
}

/** Which bytes of memory are of the word, by looking at each place. */
function naive(word: string, spans: readonly Span[], text: string): string {
  const addresses = spans.flatMap(({ address, length }) =>
    Array.from({ length }, (_, i) => address + i)
  );
  const written = addresses.map((at) => text[at]).join("");
  const stars = [...text];
  for (let i = 0; i + word.length <= written.length; i++) {
    if (!written.startsWith(word, i)) continue;
    for (let k = 0; k < word.length; k++) stars[addresses[i + k]!] = "*";
  }
  return stars.join("");
}

Deno.test("a word is found where a search of each place finds it, over pieces in any order", () => {
  let found = 0;
  for (let round = 0; round < 3000; round++) {
    const random = (below: number) => Math.trunc(Math.random() * below);
    const letters = (length: number) =>
      Array.from({ length }, () => "ab"[random(2)]).join("");
    const text = letters(40);
    const word = letters(1 + random(5));
    const spans = Array.from({ length: random(4) }, () => {
      const address = random(40);
      return { address, length: random(41 - address) };
    });
    const stars = [...text];
    let end = -1;
    for (
      const span of new Word(encoder.encode(word)).find(spans, reader(text))
    ) {
      // Disjoint, and by rising address.
      assertEquals(span.address > end, true);
      end = span.address + span.length;
      stars.fill("*", span.address, end);
      found++;
    }
    assertEquals(
      stars.join(""),
      naive(word, spans, text),
      `${word} in ${text}`,
    );
  }
  assertEquals(found > 1000, true);
});

Deno.test("a word is looked for up to what is not mapped, as the kernel writes no further", () => {
  const word = new Word(encoder.encode("ab"));
  const spans = [{ address: 0, length: 9 }, { address: 0, length: 2 }];
  assertEquals(word.find(spans, reader("xabxa")), [{ address: 1, length: 2 }]);
});

Deno.test("a word must have a byte", () => {
  assertThrows(() => new Word(new Uint8Array()), TypeError, "empty word");
});
