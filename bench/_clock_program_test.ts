import {
  assertEquals,
  assertGreater,
  assertLess,
  assertThrows,
} from "@std/assert";
import { run, TemporaryFolder } from "@procctl/testing";
import { clockProgram, parseDelay } from "./_clock_program.ts";

Deno.test("the clock program tells when it began", () => {
  using folder = new TemporaryFolder();
  const program = folder.write("clock", clockProgram(), 0o755);
  const before = performance.timeOrigin + performance.now();
  const { code, stdoutBytes } = run([program, before.toFixed(4)]);
  const after = performance.timeOrigin + performance.now();
  assertEquals(code, 0);
  const delay = parseDelay(stdoutBytes);
  assertGreater(delay, 0);
  assertLess(delay, after - before);
});

Deno.test("parseDelay() subtracts the argument from what the clock said", () => {
  const output = new Uint8Array(34);
  const view = new DataView(output.buffer);
  view.setBigInt64(0, 1_700_000_000n, true);
  view.setBigInt64(8, 7_500_000n, true);
  new TextEncoder().encodeInto("1700000000001.2500", output.subarray(16));
  assertEquals(parseDelay(output), 6.25);
  assertThrows(() => parseDelay(new Uint8Array(3)), Error, "Cannot read");
});
