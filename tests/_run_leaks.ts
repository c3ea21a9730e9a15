import { assertEquals } from "@std/assert";
import { ROOT, runDeno } from "@procctl/testing";
import type { Leak } from "./_leaks.ts";
import { denoEnv } from "./_observer.ts";

/**
 * How much the memory in use may grow, in KiB: V8 compiles, and keeps a heap
 * that has grown. A leak of the smallest thing that C allocates, in 10,000
 * rounds, would be 160 KiB; of an arena 640 MiB.
 */
const SLACK = 24 * 1024;

/** How many descriptors Deno may open for itself in the meantime, as it does. */
const DENOS_OWN = 4;

/** Makes each operation so many times in a child, and says what was left. */
export function leakFaults(
  rounds: number,
  v8Flags: readonly string[],
  timeout: number,
): string[] {
  const { code, stdout, stderr } = runDeno(
    `import { leaks } from "${ROOT}/tests/_leaks.ts";
    console.log(JSON.stringify(await leaks(${rounds})));`,
    {
      flags: [
        "--allow-ffi",
        "--no-check",
        `--v8-flags=${["--expose-gc", ...v8Flags].join()}`,
      ],
      env: denoEnv(),
      timeout,
    },
  );
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const found: Leak[] = JSON.parse(stdout);
  // In few rounds it is a leak if there is more than one in two of them.
  const descriptors = Math.min(DENOS_OWN, rounds / 2);
  return found.filter((leak) => hasLeft(leak, descriptors))
    .map((leak) => JSON.stringify(leak));
}

function hasLeft({ before, after }: Leak, descriptors: number): boolean {
  return after.descriptors > before.descriptors + descriptors ||
    after.arenas > before.arenas || after.children > before.children ||
    after.resident > before.resident + SLACK;
}
