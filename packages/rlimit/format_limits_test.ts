import { assertEquals, assertThrows } from "@std/assert";
import { RLIM_INFINITY } from "./constants.ts";
import { formatLimits } from "./format_limits.ts";

const LIMITS = {
  cpu: { soft: 60, hard: Infinity },
  stack: { soft: 8388608n, hard: RLIM_INFINITY },
} as const;

Deno.test("formatLimits() writes aligned columns, figures flush right", () => {
  assertEquals(
    formatLimits(LIMITS),
    `RESOURCE  SOFT       HARD  UNITS
cpu       1min  unlimited  seconds
stack     8MiB  unlimited  bytes`,
  );
});

Deno.test("formatLimits() writes the columns that are asked for, in that order", () => {
  const columns = ["hard", "description", "resource"] as const;
  assertEquals(
    formatLimits({ rss: { soft: 1, hard: 2n } }, { columns }),
    `HARD  DESCRIPTION                    RESOURCE
  2B  Memory that is resident, once  rss`,
  );
});

Deno.test("formatLimits() writes for programs if it is to be raw", () => {
  assertEquals(
    formatLimits(LIMITS, { raw: true, headings: false }),
    "cpu 60 unlimited seconds\nstack 8388608 unlimited bytes",
  );
  assertEquals(
    formatLimits({ rss: { soft: 1, hard: 2n } }, {
      raw: true,
      columns: ["description", "soft"],
    }),
    "DESCRIPTION SOFT\nMemory\\x20that\\x20is\\x20resident,\\x20once 1",
  );
});

Deno.test("formatLimits() writes nothing of no limits, and the headings alone", () => {
  assertEquals(formatLimits({}, { headings: false }), "");
  assertEquals(formatLimits({}), "RESOURCE  SOFT  HARD  UNITS");
});

Deno.test("formatLimits() refuses what is no limit", () => {
  assertThrows(() => formatLimits({ cpu: { soft: -1, hard: 1 } }), RangeError);
});
