import { assertEquals, assertThrows } from "@std/assert";
import { updateLimit } from "./_update_limit.ts";
import type { prlimit64, Rlimit64 } from "./prlimit64.ts";

/**
 * A process whose limits others change too: before each call that the list
 * names by its index.
 */
function processOf(limits: Rlimit64, others: Record<number, Rlimit64>) {
  let current = limits;
  const calls: (Rlimit64 | undefined)[] = [];
  const exchange: typeof prlimit64 = (_pid, _resource, change) => {
    current = others[calls.length] ?? current;
    calls.push(change);
    const old = current;
    if (change !== undefined) {
      if (change.soft > change.hard) throw new Error("EINVAL");
      current = change;
    }
    return old;
  };
  return { exchange, calls, current: () => current };
}

Deno.test("a change of both limits is one call", () => {
  const it = processOf({ soft: 1n, hard: 9n }, {});
  const change = { soft: 2n, hard: 3n };
  assertEquals(updateLimit(0, 7, change, it.exchange), { soft: 1n, hard: 9n });
  assertEquals(it.calls, [change]);
});

Deno.test("a change of one limit reads the other first", () => {
  for (const change of [{ soft: 2n }, { hard: 7n }]) {
    const before = { soft: 1n, hard: 9n };
    const it = processOf(before, {});
    assertEquals(updateLimit(0, 7, change, it.exchange), before);
    assertEquals(it.calls, [undefined, { ...before, ...change }]);
  }
});

Deno.test("a limit that changes in between is put back to what it was changed to", () => {
  const between = { soft: 1n, hard: 5n };
  const it = processOf({ soft: 1n, hard: 9n }, { 1: between });
  assertEquals(updateLimit(0, 7, { soft: 2n }, it.exchange), between);
  assertEquals(it.current(), { soft: 2n, hard: 5n });
  assertEquals(it.calls.length, 3);
});

Deno.test("a change that is refused for what changed in between is tried again", () => {
  const it = processOf({ soft: 8n, hard: 9n }, { 1: { soft: 3n, hard: 9n } });
  const exchange = it.exchange;
  assertEquals(updateLimit(0, 7, { hard: 5n }, exchange), {
    soft: 3n,
    hard: 9n,
  });
  assertEquals(it.current(), { soft: 3n, hard: 5n });
});

Deno.test("a change that is refused though nothing changed in between is not tried again", () => {
  const it = processOf({ soft: 8n, hard: 9n }, {});
  assertThrows(
    () => updateLimit(0, 7, { hard: 5n }, it.exchange),
    Error,
    "EINVAL",
  );
  assertEquals(it.current(), { soft: 8n, hard: 9n });
  assertEquals(it.calls.length, 3);
});
