import { assertEquals, assertMatch } from "@std/assert";
import { readFile } from "@procctl/libc/files";
import { RESOURCES, type ResourceUnit } from "./resources.ts";

/** What /proc says in its last column. */
const UNITS: Record<string, ResourceUnit> = {
  bytes: "bytes",
  seconds: "seconds",
  us: "microseconds",
};

Deno.test("RESOURCES has the names, units and order of /proc/PID/limits", () => {
  const [header, ...lines] = new TextDecoder()
    .decode(readFile("/proc/self/limits")).trimEnd().split("\n");
  const soft = header!.indexOf("Soft Limit");
  const units = header!.indexOf("Units");
  const found = lines.map((line) => [
    line.slice(0, soft).trim(),
    UNITS[line.slice(units).trim()] ?? "count",
  ]);
  const table = Object.values(RESOURCES);
  assertEquals(found, table.map(({ procName, unit }) => [procName, unit]));
  assertEquals(table.map(({ number }) => number), [...found.keys()]);
});

Deno.test("RESOURCES says of each resource what it is and what happens", () => {
  for (const { meaning, atSoft, atHard } of Object.values(RESOURCES)) {
    for (const text of [meaning, atSoft, atHard]) {
      assertMatch(text, /^[A-Za-z].*[^.]$/);
    }
  }
});
