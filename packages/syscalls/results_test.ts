import { assertEquals, assertThrows } from "@std/assert";
import { errnoName } from "@procctl/libc/errno";
import { isRestart, resultErrno, resultErrorName } from "./results.ts";

Deno.test("resultErrno() tells errors from results, signed and unsigned", () => {
  assertEquals(
    [
      -1,
      -4095,
      -4096,
      0,
      1,
      -1n,
      0xffff_ffff_ffff_f001n,
      0xffff_ffff_ffff_f000n,
    ]
      .map(resultErrno),
    [1, 4095, undefined, undefined, undefined, 1, 4095, undefined],
  );
});

Deno.test("resultErrorName() names errors as errnoName() does", () => {
  const numbers = Array.from({ length: 511 }, (_, index) => index + 1)
    // EFTYPE came with Linux 7, and libc does not have it yet.
    .filter((errno) => errno !== 134);
  assertEquals(
    numbers.map((errno) => resultErrorName(-errno)),
    numbers.map(errnoName),
  );
});

Deno.test("resultErrorName() names errors that only the kernel sees", () => {
  assertEquals([-512, -513, -514, -516, -524, -531].map(resultErrorName), [
    "ERESTARTSYS",
    "ERESTARTNOINTR",
    "ERESTARTNOHAND",
    "ERESTART_RESTARTBLOCK",
    "ENOTSUPP",
    "ENOGRACE",
  ]);
  assertEquals(resultErrorName(-4095), "E4095");
  assertEquals(resultErrorName(7), undefined);
});

Deno.test("isRestart() knows the four ways to begin again", () => {
  const restarts = Array.from({ length: 600 }, (_, errno) => -errno)
    .filter(isRestart);
  assertEquals(restarts, [-512, -513, -514, -516]);
  assertEquals(isRestart(512), false);
});

Deno.test("results that are neither numbers nor bigints are refused", () => {
  for (const result of ["-2", undefined, null, [1n]]) {
    for (const call of [resultErrno, resultErrorName, isRestart]) {
      assertThrows(() => call(result as never), TypeError, "expected a number");
    }
  }
});
