import { assertEquals, assertThrows } from "@std/assert";
import { interleave, median, summarize, type Variant } from "./_measure.ts";

Deno.test("median() is the middle of an odd number of values", () => {
  assertEquals(median([10, 9, 100]), 10);
  assertEquals(median([7]), 7);
});

Deno.test("median() is between the middle two of an even number", () => {
  assertEquals(median([4, 100, 1, 2]), 3);
});

Deno.test("median() leaves its argument in order, and refuses none", () => {
  const values = [3, 1, 2];
  median(values);
  assertEquals(values, [3, 1, 2]);
  assertThrows(() => median([]), TypeError, "no values");
});

Deno.test("interleave() takes turns, and begins each round with another", async () => {
  const order: string[] = [];
  const variants = ["a", "b", "c"].map((name): Variant => ({
    name,
    measure: () => order.push(name),
  }));
  const samples = await interleave(variants, 3, 1);
  assertEquals(order.join(""), "abc" + "bca" + "cab" + "abc");
  assertEquals(samples, [[6, 8, 10], [4, 9, 11], [5, 7, 12]]);
});

Deno.test("interleave() does not count the rounds that warm up", async () => {
  let calls = 0;
  const measure = () => Promise.resolve(++calls);
  assertEquals(await interleave([{ name: "a", measure }], 2, 5), [[6, 7]]);
});

Deno.test("summarize() compares with the first in the same round", () => {
  const first = [10, 20, 40];
  assertEquals(summarize("second", [12, 30, 44], first), {
    name: "second",
    median: 30,
    min: 12,
    max: 44,
    difference: 4,
    ratio: 1.2,
    samples: [12, 30, 44],
  });
});
