import { assertEquals } from "@std/assert";
import { decodeStatus } from "./decode_status.ts";

Deno.test("decodeStatus() tells exit statuses and signals apart", () => {
  const { usage: _usage, ...exited } = decodeStatus(0x0700);
  assertEquals(exited, {
    ...{ success: false, code: 7, signal: null, coreDumped: false },
  });
  assertEquals(decodeStatus(0).success, true);
  const { usage: _none, ...killed } = decodeStatus(0x8b);
  assertEquals(killed, {
    ...{ success: false, code: 139, signal: "SIGSEGV", coreDumped: true },
  });
});

Deno.test("decodeStatus() tells what was used, NaN where nobody knows", () => {
  const usage = new BigInt64Array(18);
  usage.set([1n, 500_000n, 0n, 250_000n, 2n]);
  const used = decodeStatus(0, usage).usage;
  assertEquals(
    [used.userTime, used.systemTime, used.peakMemory],
    [1.5, 0.25, 2048],
  );
  assertEquals(decodeStatus(0).usage.userTime, NaN);
});
