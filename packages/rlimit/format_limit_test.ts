import { assertEquals, assertThrows } from "@std/assert";
import { RLIM_INFINITY } from "./constants.ts";
import { formatLimit } from "./format_limit.ts";
import { parseLimit } from "./parse_limit.ts";
import { RESOURCES } from "./resources.ts";
import type { Resource } from "./types.ts";

Deno.test("formatLimit() writes bytes in the largest unit that leaves a whole number", () => {
  const cases: [number | bigint, string][] = [
    [0, "0"],
    [1, "1B"],
    [1000, "1000B"],
    [1024, "1KiB"],
    [1025, "1025B"],
    [819200, "800KiB"],
    [8388608, "8MiB"],
    [1610612736, "1536MiB"],
    [2 ** 50, "1PiB"],
    [2n ** 63n, "8EiB"],
    [2n ** 53n + 1n, "9007199254740993B"],
    [2n ** 64n - 2n, "18446744073709551614B"],
    [RLIM_INFINITY, "unlimited"],
    [Infinity, "unlimited"],
  ];
  for (const [limit, text] of cases) {
    assertEquals(formatLimit(limit, "as"), text);
    assertEquals(formatLimit(limit), text);
  }
});

Deno.test("formatLimit() writes times in their units, and counts in digits", () => {
  const seconds = [0, 1, 60, 61, 5400, 3600, 86400].map((it) =>
    formatLimit(it, "cpu")
  );
  assertEquals(seconds, ["0", "1s", "1min", "61s", "90min", "1h", "1d"]);
  const micros = [1, 1000, 250_000, 1_000_000].map((it) =>
    formatLimit(it, "rttime")
  );
  assertEquals(micros, ["1us", "1ms", "250ms", "1s"]);
  assertEquals(formatLimit(65536, "nofile"), "65536");
  assertEquals(formatLimit(Infinity, "nofile"), "unlimited");
});

Deno.test("formatLimit() writes digits alone if it is to be raw", () => {
  const raw = (limit: number | bigint, resource?: Resource) =>
    formatLimit(limit, resource, { raw: true });
  assertEquals(raw(8388608, "stack"), "8388608");
  assertEquals(raw(3600, "cpu"), "3600");
  assertEquals(raw(2 ** 63), "9223372036854775808");
  assertEquals(raw(2 ** 64), "18446744073709551616");
  assertEquals(raw(Infinity, "core"), "unlimited");
});

Deno.test("parseLimit() reads what formatLimit() writes of random limits, human and raw", () => {
  for (const resource of [...Object.keys(RESOURCES), undefined]) {
    for (let round = 0; round < 2000; round++) {
      const limit = randomLimit();
      for (const raw of [false, true]) {
        const text = formatLimit(limit, resource as Resource, { raw });
        assertEquals(BigInt(parseLimit(text, resource as Resource)), limit);
      }
    }
  }
});

/** A limit of any length in bits, often with zeros at its end. */
function randomLimit(): bigint {
  const [high, low] = crypto.getRandomValues(new BigUint64Array(2));
  const zeros = high! % 48n;
  const factor = [1n, 60n, 1000n, 3600n, 86400n][Number(high! % 5n)]!;
  const limit = ((low! >> (high! % 64n)) >> zeros << zeros) * factor;
  return limit % RLIM_INFINITY;
}

Deno.test("formatLimit() refuses what is no limit", () => {
  for (const value of [-1, 0.5, NaN, -Infinity, 2 ** 65, -1n, 2n ** 64n]) {
    assertThrows(
      () => formatLimit(value),
      RangeError,
      `Cannot format ${value}`,
    );
  }
  for (const value of ["5", undefined, null, {}]) {
    assertThrows(() => formatLimit(value as unknown as number), TypeError);
  }
  assertThrows(() => formatLimit(1, "x" as unknown as Resource), TypeError);
});
