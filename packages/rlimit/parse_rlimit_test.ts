import { assertEquals, assertThrows } from "@std/assert";
import { parseRlimit } from "./parse_rlimit.ts";

Deno.test("parseRlimit() reads both limits, one, or one value for both", () => {
  assertEquals(parseRlimit("1024:4096", "nofile"), { soft: 1024, hard: 4096 });
  assertEquals(parseRlimit(":4096", "nofile"), { hard: 4096 });
  assertEquals(parseRlimit("1024:", "nofile"), { soft: 1024 });
  assertEquals(parseRlimit("1024", "nofile"), { soft: 1024, hard: 1024 });
});

Deno.test("parseRlimit() reads the units of the resource, and unlimited", () => {
  assertEquals(parseRlimit("8MiB:unlimited", "stack"), {
    soft: 2 ** 23,
    hard: Infinity,
  });
  assertEquals(parseRlimit("1min:1h", "cpu"), { soft: 60, hard: 3600 });
  assertEquals(parseRlimit("1K:"), { soft: 1024 });
  assertEquals(parseRlimit("0:9007199254740993", "fsize"), {
    soft: 0,
    hard: 2n ** 53n + 1n,
  });
});

Deno.test("parseRlimit() refuses what is no pair of limits, and quotes it", () => {
  const wrong = [":", "::", "1:2:3", "1:2:"];
  for (const text of wrong) {
    assertThrows(
      () => parseRlimit(text, "nofile"),
      TypeError,
      `Cannot parse the limits "${text}": expected "soft:hard"`,
    );
  }
  for (const text of ["", "x", "1:x", "-1:", " 1:2", ":0x10"]) {
    assertThrows(() => parseRlimit(text, "nofile"), TypeError, "Cannot parse");
  }
  assertThrows(() => parseRlimit(5 as unknown as string), TypeError, "5");
});
