import { assertEquals } from "@std/assert";
import { summarize } from "./_measure.ts";
import { formatMachine, formatResult } from "./_report.ts";

Deno.test("formatMachine() names all that the figures depend on", () => {
  assertEquals(
    formatMachine({
      kernel: "6.18.0",
      arch: "x86_64",
      cpu: "A CPU",
      cpus: 2,
      load: 0.5,
      deno: "2.9.6",
    }),
    "Linux 6.18.0 x86_64, 2 CPUs (A CPU), load 0.50 at the start, Deno 2.9.6",
  );
});

Deno.test("formatResult() has no table where all was left out", () => {
  assertEquals(
    formatResult({
      title: "Time to do it",
      unit: "ms",
      runs: 5,
      summaries: [],
      missing: [{ name: "all of it", reason: "needs taskset" }],
    }),
    "## Time to do it\n\nLeft out: all of it (needs taskset).",
  );
});

Deno.test("formatResult() is a table, and names what was left out", () => {
  const first = [1, 2, 3];
  assertEquals(
    formatResult({
      title: "Time to do it",
      unit: "ms",
      runs: 3,
      summaries: [
        summarize("one", first, first),
        summarize("other", [4, 4, 4.5], first),
      ],
      missing: [{ name: "third", reason: "needs gcc" }],
    }),
    `\
## Time to do it

In ms, of 3 interleaved runs.

| | median | minimum | worst | over the first | times the first |
| --- | ---: | ---: | ---: | ---: | ---: |
| one | 2.00 | 1.00 | 3.00 |  |  |
| other | 4.00 | 4.00 | 4.50 | 2.00 | 2.00 |

Left out: third (needs gcc).`,
  );
});
