import { assertEquals, assertThrows } from "@std/assert";
import { RLIM_INFINITY } from "./constants.ts";
import { encodeLimits } from "./encode_limits.ts";
import { RESOURCES } from "./resources.ts";
import type { Limits } from "./types.ts";

Deno.test("encodeLimits() gives the numbers of every kind of change, in their order", () => {
  const limits: Limits = {
    stack: { soft: "64MiB" },
    nofile: 1024,
    core: { hard: 0n },
    cpu: { soft: "1h", hard: Infinity },
    fsize: RLIM_INFINITY,
  };
  assertEquals(encodeLimits(limits), [
    { name: "stack", resource: 3, soft: 67108864n },
    { name: "nofile", resource: 7, soft: 1024n, hard: 1024n },
    { name: "core", resource: 4, hard: 0n },
    { name: "cpu", resource: 0, soft: 3600n, hard: RLIM_INFINITY },
    { name: "fsize", resource: 1, soft: RLIM_INFINITY, hard: RLIM_INFINITY },
  ]);
});

Deno.test("encodeLimits() knows every resource, and passes over what is undefined", () => {
  const all = Object.fromEntries(Object.keys(RESOURCES).map((it) => [it, 0]));
  const numbers = encodeLimits(all).map(({ resource }) => resource);
  assertEquals(numbers, [...numbers.keys()]);
  assertEquals(encodeLimits({}), []);
  assertEquals(encodeLimits({ as: undefined } as unknown as Limits), []);
});

Deno.test("encodeLimits() refuses what is no change, and says which", () => {
  const cases: [unknown, string][] = [
    [undefined, "Cannot use undefined as limits: expected an object"],
    [["nofile"], "Cannot use a value of type Array as limits"],
    [new Map(), "Cannot use a value of type Map as limits"],
    ["nofile=1", 'Cannot use "nofile=1" as limits'],
    [{ NOFILE: 1 }, 'Cannot use limits["NOFILE"]: expected one of cpu,'],
    [{ nofile: null }, 'Cannot change the limit "nofile" to null'],
    [{ nofile: {} }, 'Cannot change the limit "nofile" to a value of'],
    [{ nofile: "1Kx" }, 'Cannot parse the limit "1Kx" of "nofile"'],
  ];
  for (const [limits, message] of cases) {
    assertThrows(() => encodeLimits(limits as Limits), TypeError, message);
  }
  assertThrows(
    () => encodeLimits({ as: 1, nofile: { soft: -1 } }),
    RangeError,
    'Cannot set the soft limit "nofile" to -1',
  );
  assertThrows(
    () => encodeLimits([] as unknown as Limits, "options.limits"),
    TypeError,
    "as options.limits: expected",
  );
});
