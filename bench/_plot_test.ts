import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Measured } from "./_plot.ts";
import { plot } from "./_plot.ts";

const measured: Measured = {
  growth: {
    title: "Counting",
    axis: "sheep",
    unit: "ms",
    sizes: [1, 10, 100],
    variants: [],
    missing: [],
  },
  curves: [
    { name: "`slow`", medians: [1, 10, undefined] },
    { name: "fast", medians: [1, 1, 1] },
  ],
};

Deno.test("plot() draws a curve over what was measured, on logarithmic scales", () => {
  const lines = [...plot([measured]).matchAll(/polyline points="([^"]*)"/g)]
    .map(([, points]) => points!.split(" ").map((it) => it.split(",")));
  assertEquals(lines.map((points) => points.length), [2, 3]);
  const [slow, fast] = lines;
  // Tenfold each: steps of one width, from the bottom of the panel to its top.
  assertEquals(fast!.map(([x]) => x), ["62.0", "237.0", "412.0"]);
  assertEquals(slow!.map(([, y]) => y), ["222.0", "42.0"]);
  assertEquals(fast!.map(([, y]) => y), ["222.0", "222.0", "222.0"]);
});

Deno.test("plot() names curves and axes, and sets panels side by side", () => {
  const picture = plot([measured, measured, measured]);
  for (const text of [">slow<", ">fast<", ">sheep<", "Counting, ms"]) {
    assertStringIncludes(picture, text);
  }
  assertStringIncludes(picture, "translate(440 0)");
  assertStringIncludes(picture, "translate(0 300)");
});
