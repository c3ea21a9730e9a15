import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { RESOURCES } from "@procctl/rlimit";
import {
  run,
  runInTerminal,
  TemporaryFolder,
  testWith,
  tool,
} from "@procctl/testing";
import { PROCCTL, procctl } from "./_testing.ts";
import type { LimitsReport } from "./limits_report.ts";

/** Runs the tool by a shell that sets limits first, and shows some afterwards. */
function underLimits(before: string, args: string[], after = "") {
  const script = `${before}; "$@" || exit; ${after}`;
  return run(["sh", "-c", script, "sh", ...PROCCTL, "limits", ...args]);
}

/** The same on that shell: `--pid` is added. */
function onShell(before: string, args: string[], after = "") {
  const script = `${before}; "$@" --pid $$ || exit; ${after}`;
  return run(["sh", "-c", script, "sh", ...PROCCTL, "limits", ...args]);
}

Deno.test("procctl limits shows all 16 limits in aligned columns", () => {
  const { code, stdout, stderr } = underLimits("ulimit -c 0", []);
  assertEquals([code, stderr], [0, ""]);
  const [heading, ...rows] = stdout.trimEnd().split("\n");
  assertMatch(heading!, /^RESOURCE +SOFT +HARD +UNITS$/);
  assertEquals(rows.map((row) => row.split(" ")[0]), Object.keys(RESOURCES));
  assertMatch(stdout, /^core +0 +0 +bytes$/m);
});

Deno.test("procctl limits shows the named limits of another process", () => {
  const { stdout } = onShell("ulimit -n 64; ulimit -c 0", ["-n", "--core"]);
  assertEquals(
    stdout,
    "RESOURCE  SOFT  HARD  UNITS\ncore         0     0  bytes\nnofile      64    64  count\n",
  );
});

Deno.test("procctl limits --raw prints digits, and the columns that are asked for", () => {
  const args = ["--raw", "--noheadings", "-o", "HARD,resource,description"];
  const { stdout } = onShell("ulimit -s 4096; ulimit -n 64", [
    ...args,
    "--stack",
    "--nofile",
  ]);
  assertMatch(
    stdout,
    /^4194304 stack Stack\\x20of\\x20the\S+\n64 nofile Numbers\\x20\S+\n$/,
  );
});

testWith(
  "procctl limits --json prints exact limits as a LimitsReport",
  [tool("prlimit")],
  () => {
    const exact = String(2n ** 53n + 1n);
    const { stdout } = onShell(
      `prlimit --pid $$ --rss=${exact}: --nofile=64:65; echo $$`,
      ["--json"],
    );
    const [pid, ...json] = stdout.split("\n");
    const report: LimitsReport = JSON.parse(json.join("\n"));
    assertEquals(report.pid, Number(pid));
    assertEquals(Object.keys(report.limits), Object.keys(RESOURCES));
    assertEquals(report.limits.nofile, {
      soft: "64",
      hard: "65",
      unit: "count",
    });
    assertEquals(report.limits.rss?.soft, exact);
    assertEquals(report.limits.rss?.hard, "unlimited");
  },
);

Deno.test("procctl limits changes the limits of a running process", () => {
  const { code, stdout, stderr } = onShell(
    "ulimit -n 64",
    ["--nofile=32:48", "--stack=4MiB:", "-c=0"],
    "ulimit -Sn; ulimit -Hn; ulimit -Ss; ulimit -c",
  );
  assertEquals([code, stdout, stderr], [0, "32\n48\n4096\n0\n", ""]);
});

Deno.test("procctl limits keeps the side that is not given", () => {
  const { stdout } = onShell(
    "ulimit -Hn 64; ulimit -Sn 32",
    ["--nofile=:48"],
    "ulimit -Sn; ulimit -Hn",
  );
  assertEquals(stdout, "32\n48\n");
});

Deno.test("procctl limits says what it sets if it is asked to, and shows the named ones", () => {
  const args = ["--verbose", "-n16:", "--core", "--noheadings"];
  const { stdout, stderr } = onShell("ulimit -n 64; ulimit -c 0", args);
  assertEquals(stdout, "core  0  0  bytes\n");
  assertEquals(stderr, "procctl: Sets nofile to 16:64, from 64:64\n");
});

Deno.test("procctl limits becomes a command that has the limits", () => {
  const show = "ulimit -Sn; ulimit -Hn; ulimit -c";
  for (const before of [[], ["--"]]) {
    const { code, stdout } = procctl([
      ...["limits", "--nofile=32:64", "-c0", ...before],
      ...["sh", "-c", `${show}; exit 9`, "--json"],
    ]);
    assertEquals([code, stdout], [9, "32\n64\n0\n"]);
  }
});

Deno.test("procctl limits sets nothing if one of the limits is none", () => {
  for (const limit of ["1Kx", "-1", ":", "1:2:3", "0x10"]) {
    const { code, stdout, stderr } = onShell(
      "ulimit -Sn 64; trap 'ulimit -Sn' EXIT",
      ["--nofile=32:", `--core=${limit}`],
    );
    assertEquals([code, stdout], [2, "64\n"]);
    assertStringIncludes(stderr, "procctl: Cannot parse the limit");
  }
});

Deno.test("procctl limits exits with 1 and names the rule that the kernel has", () => {
  const { code, stderr } = onShell("ulimit -n 64", ["--nofile=65:60"]);
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^procctl: Cannot set the limit "nofile" of process \d+ to 65:60: the soft limit is above the hard limit: EINVAL\n$/,
  );
  const gone = procctl(["limits", "--pid", "2147483647"]);
  assertEquals([gone.code, gone.stdout], [1, ""]);
  assertStringIncludes(gone.stderr, "No such process: ESRCH");
});

Deno.test("procctl limits exits with 2 if its options do not go together", () => {
  const cases = [
    ["--nofile=64"],
    ["--pid", "0"],
    ["--pid=x"],
    ["--pid=2147483648"],
    ["--output=resource,size"],
    ["--json", "--raw"],
    ["--json", "--output=soft"],
    ["--pid=1", "true"],
    ["--json", "true"],
    ["--nofile", "64"],
  ];
  for (const args of cases) {
    const { code, stdout, stderr } = procctl(["limits", ...args]);
    assertEquals([code, stdout], [2, ""], args.join(" "));
    assertStringIncludes(stderr, "\nUsage: procctl limits [OPTION...]");
  }
});

Deno.test("procctl limits exits as a shell does if the command cannot be executed", () => {
  using folder = new TemporaryFolder();
  const cases: [command: string, status: number][] = [
    ["no-such-command", 127],
    [folder.join("no-such-file"), 127],
    [folder.write("plain", "true\n"), 126],
    [folder.write("broken", "#!/no/interpreter\n", 0o755), 126],
    [folder.path, 126],
  ];
  for (const [command, status] of cases) {
    const { code, stdout, stderr } = procctl(["limits", "--core=0", command]);
    assertEquals([code, stdout], [status, ""], command);
    assertMatch(stderr, /^procctl: Cannot execute ".+: E\w+\n$/);
  }
});

Deno.test("procctl limits shows the same on a terminal", () => {
  const { stdout } = runInTerminal([...PROCCTL, "limits", "--pid=1", "-n"]);
  assertEquals(stdout, procctl(["limits", "--pid=1", "-n"]).stdout);
});
