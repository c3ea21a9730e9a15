import { assertEquals } from "@std/assert";
import { formatGrowth, type Growth, measureGrowth } from "./_growth.ts";

const growth: Growth = {
  title: "Counting",
  axis: "sheep",
  unit: "ms",
  sizes: [1, 1000],
  variants: [
    { name: "slow", measure: (size) => 2 * size, most: 10 },
    { name: "fast", measure: (size) => size },
  ],
  missing: [{ name: "C", reason: "needs gcc" }],
};

Deno.test("measureGrowth() gives the median at each size, and none above the largest", async () => {
  assertEquals(await measureGrowth(growth, 3), [
    { name: "slow", medians: [2, undefined] },
    { name: "fast", medians: [1, 1000] },
  ]);
});

Deno.test("formatGrowth() has a row a size, and names what is missing", async () => {
  assertEquals(
    formatGrowth(growth, await measureGrowth(growth, 5), 5),
    `## Counting

In ms, medians of 5 interleaved runs.

| sheep | slow | fast |
| ---: | ---: | ---: |
| 1 | 2.00 | 1.00 |
| 1,000 |  | 1.00e+3 |

Left out: C (needs gcc).`,
  );
});
