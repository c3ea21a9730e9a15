// Every public call in a process with something wrong: a part of what
// `deno task faults` runs whole, the same each time.

import { assertEquals } from "@std/assert";
import {
  mounts,
  type Need,
  seededRandom,
  shuffled,
  testWith,
  userNamespaces,
} from "@procctl/testing";
import { type Condition, CONDITIONS } from "./_conditions.ts";
import { examples } from "./_examples.ts";
import { ERRORS, injectedFault, runInjected } from "./_injected_cells.ts";
import { cellFaults } from "./_matrix.ts";

/** How many examples are taken for each condition. */
const SAMPLE = 4;
/** What a condition needs of the machine. */
const NEEDS: Partial<Record<Condition, Need[]>> = {
  "on a full disk": [mounts],
  "in a user namespace": [userNamespaces],
  "in a user namespace without a map": [userNamespaces],
};

/** The same sample each time: others are for `deno task faults`. */
const seed = 5;

const conditions = Object.keys(CONDITIONS) as Condition[];

for (const [index, condition] of conditions.entries()) {
  testWith(
    `public calls ${condition} end right, or in an error that says what failed`,
    NEEDS[condition] ?? [],
    async () => {
      const sample = shuffled(examples(), seededRandom(seed + index))
        .slice(0, SAMPLE);
      assertEquals(await cellFaults(sample, condition), []);
    },
  );
}

Deno.test("public calls in which a system call fails end right, or in an error that says what failed", () => {
  const random = seededRandom(seed);
  const errors = Object.values(ERRORS);
  const faults: (string | undefined)[] = [];
  for (let left = SAMPLE; left > 0;) {
    const [example] = shuffled(examples(), random);
    const { calls, outcome } = runInjected(example!);
    if (calls.length === 0) continue;
    const nth = Math.floor(random() * calls.length);
    const [errno] = shuffled(errors, random);
    faults.push(injectedFault(example!, { nth, errno: errno! }, outcome));
    left--;
  }
  assertEquals(faults.filter((fault) => fault !== undefined), []);
});
