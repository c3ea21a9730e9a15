import { assertEquals } from "@std/assert";
import { ownGroups } from "./_own_groups.ts";
import { type ProcessStat, statOf } from "./_process_tree.ts";

const OWN = { group: 20, session: 1 };

/** What might be told of a child of the process 10, which is its own child. */
function groupsWith(told: Partial<ProcessStat>): number[] {
  const base = statOf(Deno.pid)!;
  const root = { ...base, pid: 10, parent: 9, group: 9, session: 1 };
  const child = { ...base, pid: 11, parent: 10, ...told };
  return [...ownGroups([root, child], OWN)];
}

Deno.test("a group is theirs that is said to be, or is in another session", () => {
  assertEquals(groupsWith({ group: 20, session: 1 }), [20]);
  assertEquals(groupsWith({ group: 30, session: 30 }), [30]);
  assertEquals(groupsWith({ group: 9, session: 1 }), []);
});

Deno.test("the group of one that is nobody's child here is not theirs", () => {
  assertEquals(groupsWith({ group: 30, session: 30, parent: 40 }), []);
});

Deno.test("the groups 0 and 1 are nobody's, though the kernel may tell them", () => {
  assertEquals(groupsWith({ group: 0, session: 0 }), []);
  assertEquals(groupsWith({ group: 1, session: 30 }), []);
});
