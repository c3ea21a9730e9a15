import type { TemporaryFolder } from "@procctl/testing";
import { compile, denoProgram, run, tryRun } from "./_children.ts";
import type { Comparison, Missing, Variant } from "./_measure.ts";

/** How many calls a program makes; it is compiled long before they end. */
const CALLS = 300_000;

/** What a program in JavaScript does with one call. */
function loop(call: string): string {
  return `
for (let i = 0; i < ${CALLS / 3}; i++) ${call};
const start = performance.now();
for (let i = 0; i < ${CALLS}; i++) ${call};
console.log((performance.now() - start) * 1e6 / ${CALLS});
`;
}

/** What Deno could do at best: the bare call, into a buffer made beforehand. */
const BARE = `
const { symbols } = Deno.dlopen("libc.so.6", {
  getrlimit: { parameters: ["i32", "buffer"], result: "i32" },
});
const limit = new BigUint64Array(2);
`;

/** The programs that are run by Deno, each calling for one resource. */
const PROGRAMS: Record<string, string> = {
  "Deno, bare getrlimit": BARE + loop("symbols.getrlimit(7, limit)"),
  "procctl `prlimit64()`": `
import { prlimit64, RLIMIT_NOFILE } from "@procctl/rlimit";
${loop("prlimit64(0, RLIMIT_NOFILE)")}`,
  "procctl `getrlimit()`": `
import { getrlimit } from "@procctl/rlimit";
${loop('getrlimit("nofile")')}`,
};

const PYTHON_PROGRAM = `
import time
from resource import getrlimit, RLIMIT_NOFILE
for _ in range(${CALLS / 3}): getrlimit(RLIMIT_NOFILE)
start = time.perf_counter_ns()
for _ in range(${CALLS}): getrlimit(RLIMIT_NOFILE)
print((time.perf_counter_ns() - start) / ${CALLS})
`;

/** The time of one call, warm, in a loop. */
export function compareRlimit(folder: TemporaryFolder): Comparison {
  const variants: Variant[] = [];
  const missing: Missing[] = [];
  const add = (name: string, argv: string[], env?: Record<string, string>) =>
    variants.push({
      name,
      measure: () => Number(new TextDecoder().decode(run(argv, env))),
    });

  const loopInC = compile(folder, "rlimit");
  if (loopInC === undefined) {
    missing.push({ name: "C `getrlimit()`", reason: "needs gcc" });
  } else {
    add("C `getrlimit()`", [loopInC]);
  }

  Object.entries(PROGRAMS).forEach(([name, source], index) => {
    const file = `rlimit_${index}.js`;
    add(name, ...denoProgram(folder, file, source, ["--allow-ffi"]));
  });

  const version = tryRun(["python3", "--version"]);
  if (version === undefined) {
    const name = "Python `resource.getrlimit()`";
    missing.push({ name, reason: "needs python3" });
  } else {
    const script = folder.write("rlimit.py", PYTHON_PROGRAM);
    add(`${version} \`resource.getrlimit()\``, ["python3", script]);
  }

  return {
    title: "One getrlimit",
    unit: "ns",
    runs: 20,
    variants,
    missing,
  };
}
