import { assertEquals } from "@std/assert";
import { RESOURCES } from "@procctl/rlimit";
import { answerOf } from "./_testing_child.ts";

Deno.test("setrlimit() sets the limits of each resource in the child alone", () => {
  const [child, before, after] = answerOf(`
    const { getAllLimits, RESOURCES, prlimit64 } = await import("@procctl/rlimit");
    const before = getAllLimits();
    const lower = Object.entries(RESOURCES).map(([name, { number }]) => {
      const { soft, hard } = prlimit64(0, number);
      // Of the stack and all memory, a program needs some.
      const least = ["as", "data", "stack"].includes(name) ? 1n << 26n : 1n;
      return setrlimit(number, { soft: soft < least ? soft : least, hard: hard });
    });
    answer([inspect((pid) => getAllLimits(pid), ...lower), before, getAllLimits()]);`);
  assertEquals(after, before);
  const names = Object.keys(RESOURCES);
  assertEquals(Object.keys(child).sort(), names.sort());
  for (const name of names) {
    const { soft, hard } = before[name];
    const least = ["as", "data", "stack"].includes(name) ? 2 ** 26 : 1;
    assertEquals(child[name], {
      soft: soft === null ? least : Math.min(soft, least),
      hard,
    }, name);
  }
});

Deno.test("affinity() leaves the child the processors that it names", () => {
  const [child, before, after] = answerOf(`
    const allowed = (pid) => field("/proc/" + pid + "/status", "Cpus_allowed_list");
    const before = allowed("self");
    const first = Number(/\\d+/.exec(before)[0]);
    answer([[inspect(allowed, affinity([first, 8191])), first], before, allowed("self")]);`);
  assertEquals(child[0], `${child[1]}`);
  assertEquals(after, before);
});
