import { assertEquals, assertThrows } from "@std/assert";
import { parseLimit } from "./parse_limit.ts";
import type { Resource } from "./types.ts";

/** Limits by the text they are written as. */
function assertParses(
  resource: Resource | undefined,
  expected: Record<string, number | bigint>,
): void {
  const found = Object.keys(expected)
    .map((text) => [text, parseLimit(text, resource)]);
  assertEquals(Object.fromEntries(found), expected);
}

Deno.test("parseLimit() reads bytes with the units of 1024 and of 1000", () => {
  const expected = {
    "0": 0,
    "1024": 1024,
    "0010": 10,
    "1B": 1,
    "1K": 1024,
    "1k": 1024,
    "1KiB": 1024,
    "1kib": 1024,
    "1KB": 1000,
    "512MiB": 2 ** 29,
    "3M": 3 * 2 ** 20,
    "3MB": 3e6,
    "2G": 2 ** 31,
    "2GiB": 2 ** 31,
    "2GB": 2e9,
    "1T": 2 ** 40,
    "1TB": 1e12,
    "1P": 2 ** 50,
    "1PB": 1e15,
    "1E": 2n ** 60n,
    "15EiB": 15n * 2n ** 60n,
    "1EB": 10n ** 18n,
  };
  for (const resource of ["as", "stack", "msgqueue", undefined] as const) {
    assertParses(resource, expected);
  }
});

Deno.test("parseLimit() reads counts, of which K is 1024", () => {
  assertParses("nofile", {
    "0": 0,
    "20000": 20000,
    "64K": 65536,
    "1m": 2 ** 20,
  });
  for (const text of ["1KB", "1KiB", "1B", "1s"]) {
    assertThrows(
      () => parseLimit(text, "nproc"),
      TypeError,
      `Cannot parse the limit "${text}" of "nproc": expected digits`,
    );
  }
});

Deno.test("parseLimit() reads times as whole seconds of cpu, and microseconds of rttime", () => {
  assertParses("cpu", {
    "5": 5,
    "5s": 5,
    "90min": 5400,
    "90m": 5400,
    "1h": 3600,
    "2d": 172800,
    "2000ms": 2,
    "3000000us": 3,
  });
  assertParses("rttime", {
    "5": 5,
    "5us": 5,
    "250ms": 250_000,
    "1s": 1_000_000,
    "1h": 3_600_000_000,
  });
  for (const text of ["1500ms", "1us"]) {
    assertThrows(
      () => parseLimit(text, "cpu"),
      RangeError,
      `Cannot parse the limit "${text}" of "cpu": it is not a whole number of seconds`,
    );
  }
  for (const text of ["1K", "1H", "1M", "1sec", "1 s"]) {
    assertThrows(
      () => parseLimit(text, "cpu"),
      TypeError,
      JSON.stringify(text),
    );
  }
});

Deno.test("parseLimit() reads unlimited and infinity", () => {
  for (const resource of ["as", "nofile", "cpu", undefined] as const) {
    assertParses(resource, { unlimited: Infinity, infinity: Infinity });
  }
});

Deno.test("parseLimit() is exact above 2^53, up to the greatest limit", () => {
  assertParses("fsize", {
    "9007199254740991": Number.MAX_SAFE_INTEGER,
    "9007199254740992": 2n ** 53n,
    "9007199254740993": 2n ** 53n + 1n,
    "9223372036854775808": 2n ** 63n,
    "18446744073709551614": 2n ** 64n - 2n,
  });
});

Deno.test("parseLimit() refuses what is above the greatest limit, and quotes it", () => {
  const wrong = [
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999",
    "16E",
    "17179869184GiB",
    "9".repeat(100),
  ];
  for (const text of wrong) {
    assertThrows(
      () => parseLimit(text, "as"),
      RangeError,
      `Cannot parse the limit "${text}" of "as": it is above 2^64 - 2`,
    );
  }
});

Deno.test("parseLimit() refuses junk, signs, blanks and other bases, and quotes them", () => {
  const wrong = ["", ":", "1Kx", "-1", "+1", "0x10", "0b1", "1e3", "1.5K"];
  const more = [" 1", "1 ", "1 K", "1_000", "K", "1Ki", "1bit", "Unlimited"];
  const other = ["1,000", "\u0661", "1\n", "NaN", "Infinity", "1K1", "1iB"];
  for (const text of [...wrong, ...more, ...other]) {
    for (const resource of ["as", "nofile", "cpu", undefined] as const) {
      assertThrows(
        () => parseLimit(text, resource),
        TypeError,
        `Cannot parse the limit ${JSON.stringify(text)}`,
      );
    }
  }
});

Deno.test("parseLimit() refuses what is not text, and what is no resource", () => {
  for (const value of [undefined, null, 5, 5n, ["5"]]) {
    assertThrows(() => parseLimit(value as unknown as string), TypeError);
  }
  assertThrows(
    () => parseLimit("5", "NOFILE" as unknown as Resource),
    TypeError,
    'Cannot use "NOFILE" as a resource',
  );
});
