import { assertEquals, assertThrows } from "@std/assert";
import { signalGroup } from "./_signal_group.ts";

Deno.test("signalGroup() refuses what is no group: the caller's own, and everybody", () => {
  // No signal at all, should it be sent.
  for (const group of [1, 0, -1]) {
    assertThrows(
      () => signalGroup(group, 0),
      RangeError,
      `Cannot send a signal to process group ${group}`,
    );
  }
});

Deno.test("signalGroup() tells that there is no such group", () => {
  assertEquals(signalGroup(2 ** 31 - 1, 0), false);
});
