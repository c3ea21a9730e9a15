import { assertEquals, assertThrows } from "@std/assert";
import { SystemError } from "@procctl/libc";
import { answerOf } from "./_testing.ts";
import { parseProcLimits } from "./_proc_limits.ts";
import { readFile } from "@procctl/libc/files";
import { getAllLimits, getAllLimits64 } from "./get_all_limits.ts";
import { getrlimit } from "./getrlimit.ts";
import { RESOURCES } from "./resources.ts";
import type { Resource } from "./types.ts";

Deno.test("getAllLimits() gives what getrlimit() does, in the order of the numbers", () => {
  const all = getAllLimits();
  const names = Object.keys(RESOURCES) as Resource[];
  assertEquals(Object.keys(all), names);
  for (const name of names) assertEquals(all[name], getrlimit(name));
});

Deno.test("getAllLimits64() gives what /proc/PID/limits says", () => {
  const proc = new TextDecoder().decode(readFile("/proc/self/limits"));
  assertEquals(getAllLimits64(), parseProcLimits(proc));
  assertEquals(getAllLimits64(Deno.pid), parseProcLimits(proc));
});

Deno.test("getAllLimits() reads another user's limits from /proc, where prlimit() may not", () => {
  const answer = answerOf(`
    const before = attempt(() => getAllLimits(1));
    becomeOrdinary();
    const { nofile } = getAllLimits64(1);
    const line = text("/proc/1/limits").match(/^Max open files.*/m)[0];
    answer([
      codeOf(() => prlimit(1, "nofile")),
      line.split(/ {2,}/).slice(1, 3),
      [nofile.soft, nofile.hard],
      JSON.stringify(getAllLimits(1)) === JSON.stringify(before),
    ]);
  `);
  const [code, line, limits, same] = answer;
  assertEquals([code, same], ["EPERM", true]);
  assertEquals(limits, line.map((limit: string) => `${limit}n`));
});

Deno.test("getAllLimits() fails with ESRCH where there is no such process", () => {
  for (const pid of [-1, 2 ** 31 - 1]) {
    const error = assertThrows(() => getAllLimits(pid), SystemError);
    assertEquals([error.code, error.syscall], ["ESRCH", "prlimit64"]);
  }
  assertThrows(() => getAllLimits(0.5), RangeError, "Cannot pass pid");
});

Deno.test("parseProcLimits() reads unlimited, names with blanks, and lines without a unit", () => {
  const lines = Object.values(RESOURCES).map(({ procName, number }) =>
    `${procName.padEnd(26)}${String(number).padEnd(21)}${
      "unlimited".padEnd(21)
    }${"".padEnd(10)}`
  );
  const text = ["Limit   Soft Limit   Hard Limit   Units", ...lines, ""];
  const limits = parseProcLimits(text.join("\n"));
  for (const [name, { number }] of Object.entries(RESOURCES)) {
    const soft = BigInt(number);
    assertEquals(limits[name as Resource], { soft, hard: 2n ** 64n - 1n });
  }
  assertThrows(() => parseProcLimits("Limit\n"), Error, "Max cpu time");
});
