import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readFile } from "@procctl/libc/files";
import { RESOURCES } from "@procctl/rlimit";
import { denoArgv, ROOT, run } from "@procctl/testing";

const GET_LIMITS = denoArgv(`${ROOT}/apps/get-limits/main.ts`);

/** Runs it by a shell that sets limits first. */
function underLimits(commands: string, ...args: string[]) {
  const script = `${commands}; exec "$@"`;
  return run(["sh", "-c", script, "sh", ...GET_LIMITS, ...args]);
}

Deno.test("get-limits prints all 16 limits in aligned columns, with sizes for people", () => {
  const { code, stdout, stderr } = underLimits(
    "ulimit -Ss 8192; ulimit -c 0; ulimit -Sn 64; ulimit -Hn 128",
  );
  assertEquals([code, stderr], [0, ""]);
  const lines = stdout.trimEnd().split("\n");
  assertMatch(lines[0]!, /^RESOURCE +SOFT +HARD +UNITS$/);
  const rows = lines.slice(1).map((line) => line.split(/ +/));
  const expected = Object.entries(RESOURCES).map(([name, { unit }]) =>
    `${name} ${unit}`
  );
  assertEquals(rows.map(([name, , , unit]) => `${name} ${unit}`), expected);
  const limits = Object.fromEntries(
    rows.map(([name, ...rest]) => [name, rest]),
  );
  assertEquals(limits.stack![0], "8MiB");
  assertEquals(limits.core, ["0", "0", "bytes"]);
  // Deno raised the soft one when it started.
  assertEquals(limits.nofile, ["128", "128", "count"]);
  // The figures end, and the units begin, at one column.
  const ends = [/^\S+ +\S+/, /^\S+ +\S+ +\S+/, /^\S+ +\S+ +\S+ +/].map((
    start,
  ) => new Set(lines.map((line) => start.exec(line)![0].length)).size);
  assertEquals(ends, [1, 1, 1]);
});

Deno.test("get-limits prints digits alone if they are to be raw", () => {
  const { stdout } = underLimits("ulimit -Ss 8192", "--raw");
  assertMatch(stdout, /^stack +8388608 +(\d+|unlimited) +bytes$/m);
  for (const line of stdout.trim().split("\n").slice(1)) {
    assertMatch(line, /^\w+( +(\d+|unlimited)){2} +\w+$/);
  }
});

Deno.test("get-limits prints JSON, with the limits by resource", () => {
  const { stdout } = underLimits("ulimit -c 0; ulimit -Ss 8192", "--json");
  const { pid, limits } = JSON.parse(stdout);
  assertEquals(typeof pid, "number");
  assertEquals(Object.keys(limits), Object.keys(RESOURCES));
  assertEquals(limits.core, { soft: "0", hard: "0", unit: "bytes" });
  assertEquals(limits.stack.soft, "8388608");
  for (const { soft, hard } of Object.values<Record<string, string>>(limits)) {
    for (const limit of [soft!, hard!]) {
      assertMatch(limit, /^(\d+|unlimited)$/);
    }
  }
});

Deno.test("get-limits prints the limits of another process, exactly", () => {
  const exact = String(2n ** 53n + 1n);
  // The shell waits for it, and keeps the limits that it set for itself.
  const script =
    `ulimit -Sn 20; prlimit --pid $$ --rss=${exact}:; "$@" --pid $$ || exit`;
  const printed = (...args: string[]) =>
    run(["sh", "-c", script, "sh", ...GET_LIMITS, ...args]).stdout;
  assertMatch(printed("--raw"), /^nofile +20 /m);
  assertMatch(printed("--raw"), new RegExp(`^rss +${exact} `, "m"));
  assertEquals(JSON.parse(printed("--json")).limits.rss.soft, exact);
});

Deno.test("get-limits prints another user's limits, as /proc tells them", () => {
  const { code, stdout } = run([...GET_LIMITS, "--pid", "1", "--raw"]);
  const proc = new TextDecoder().decode(readFile("/proc/1/limits"));
  const [, soft] = /^Max open files +(\d+)/m.exec(proc)!;
  assertEquals(code, 0);
  assertMatch(stdout, new RegExp(`^nofile +${soft} `, "m"));
});

Deno.test("get-limits exits with 1 if there is no such process", () => {
  const { code, stdout, stderr } = run([...GET_LIMITS, "--pid=2147483647"]);
  assertEquals([code, stdout], [1, ""]);
  assertEquals(
    stderr,
    'get-limits: Cannot get the limit "cpu" of process 2147483647: No such process: ESRCH\n',
  );
});

Deno.test("get-limits exits with 2, and says how it is used, on a wrong command line", () => {
  const cases = [
    ["--pid", "0"],
    ["--pid", "x"],
    ["--pid=-1"],
    ["--pid"],
    ["--pid", "2147483648"],
    ["--other"],
    ["word"],
  ];
  for (const args of cases) {
    const { code, stdout, stderr } = run([...GET_LIMITS, ...args]);
    assertEquals([code, stdout], [2, ""]);
    assertMatch(stderr, /^get-limits: Cannot use "/);
    assertStringIncludes(stderr, "Usage: get-limits [--pid PID]");
  }
  const { code, stdout } = run([...GET_LIMITS, "--help"]);
  assertEquals([code, stdout.startsWith("Usage: get-limits")], [0, true]);
});
