import {
  assert,
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
} from "@std/assert";
import { readFile } from "@procctl/libc/files";
import { findObstacle } from "@procctl/observe/obstacle";
import { observe } from "@procctl/observe/observe";
import { Tracer } from "@procctl/ptrace";
import {
  type Finished,
  type Need,
  run,
  TemporaryFolder,
  testWith,
  tool,
} from "@procctl/testing";
import { perfEvents, PROCCTL, procctl } from "./_testing.ts";
import { readCounts } from "./_testing_strace.ts";

const ENGINES = ["observe", "ptrace"] as const;
/** What they do does not depend on who is quicker. */
const COMMANDS: readonly (readonly string[])[] = [
  ["true"],
  ["cat", "/proc/version"],
  ["ls", "-la", "/etc"],
  ["stat", "/nonexistent", "/"],
  ["dd", "if=/dev/zero", "of=/dev/null", "bs=1", "count=1000"],
  ["xargs", "-a", "/proc/version", "-n", "4", "true"],
];
/** The environment, on whose size addresses on the stack depend. */
const ENV = { PATH: "/usr/bin:/bin", LC_ALL: "C" };

/** Runs a tracer that writes to a file, and returns the file. */
function fileOf(tracer: readonly string[], argv: readonly string[]): string {
  using folder = new TemporaryFolder();
  const file = folder.join("file");
  const { stderr } = run([...tracer, file, ...argv], { env: ENV, cwd: "/" });
  assertNotMatch(stderr, /procctl|strace/);
  return new TextDecoder().decode(readFile(file));
}

/** Runs the tool where nobody may observe. */
function unprivileged(args: readonly string[]): Finished {
  const prefix = findObstacle() === undefined
    ? ["setpriv", "--bounding-set=-all"]
    : [];
  return run([...prefix, ...PROCCTL, ...args]);
}

/** That is so for root without its capabilities too, unless all may. */
const canForbid: Need = () => {
  if (findObstacle() !== undefined) return undefined;
  const path = "/proc/sys/kernel/perf_event_paranoid";
  const level = Number(new TextDecoder().decode(readFile(path)));
  return level > -1 ? undefined : "needs kernel.perf_event_paranoid above -1";
};

for (const argv of COMMANDS) {
  const needs = [perfEvents, tool("strace"), tool("setarch")];
  testWith(
    `procctl trace -c counts by both engines what strace does: ${
      argv.join(" ")
    }`,
    needs,
    () => {
      const options = ["-f", "-c", "-o"];
      const fixed = ["setarch", "-R"];
      const expected = readCounts(
        fileOf([...fixed, "strace", ...options], argv),
      );
      assert(expected.length > 10);
      for (const engine of ENGINES) {
        const tracer = [...PROCCTL, "trace", `--engine=${engine}`];
        const text = fileOf([...fixed, ...tracer, ...options], argv);
        assertEquals(readCounts(text), expected);
        assertMatch(text, new RegExp(`total\\nEngine: ${engine}\\n$`));
        // It does not return, so strace does not list it.
        assertNotMatch(text, /exit_group/);
      }
    },
  );
}

testWith(
  "procctl trace -c counts one process by both engines, or those calls that are named",
  [
    perfEvents,
  ],
  () => {
    const argv = ["sh", "-c", "/bin/true; umask; /bin/true; exit 3"];
    for (const options of [[], ["-e", "umask,%process"], ["-e", "none"]]) {
      const counts = ENGINES.map((engine) => {
        const args = ["-c", `--engine=${engine}`, ...options];
        const { code, stderr } = procctl(["trace", ...args, ...argv]);
        assertEquals(code, 3, stderr);
        return readCounts(stderr);
      });
      assertEquals(counts[0], counts[1]);
      assertEquals(counts[0]!.length > 0, options[1] !== "none");
    }
  },
);

testWith("procctl trace -c observes where that gives the same", [
  perfEvents,
], () => {
  const engineOf = (...options: string[]) =>
    /^Engine: (.*)$/m
      .exec(procctl(["trace", "-c", ...options, "true"]).stderr)?.[1];
  assertEquals(engineOf(), "observe");
  assertEquals(engineOf("-f", "-e", "%file"), "observe");
  assertEquals(engineOf("--engine=ptrace"), "ptrace");
  assertEquals(engineOf("-e", "inject=close:delay_exit=1"), "ptrace");
  assertEquals(engineOf("-f", "-e", "%file", "--seccomp-bpf"), "ptrace");
  const both = procctl(["trace", "-C", "true"]).stderr;
  assertMatch(both, /^close\(3\) .*total\nEngine: ptrace\n$/sm);
});

testWith(
  "procctl trace says what keeps it from observing, and counts by ptrace",
  [
    canForbid,
  ],
  () => {
    for (const options of [["-c", "--engine=observe"], ["--observe"]]) {
      const { code, stdout, stderr } = unprivileged(
        ["trace", ...options, "echo", "hello"],
      );
      assertEquals([code, stdout], [1, ""]);
      assertMatch(stderr, /^procctl: Cannot (observe|make|learn)/);
      assertMatch(
        stderr,
        /kernel\.perf_event_paranoid is \d|tracefs|tracing|CAP_PERFMON/,
      );
    }
    const { code, stdout, stderr } = unprivileged([
      "trace",
      "-c",
      "echo",
      "hi",
    ]);
    assertEquals([code, stdout], [0, "hi\n"]);
    assertMatch(stderr, /^ +\S+ +\S+ +\d+ +1 +write$/m);
    assertMatch(stderr, /total\nEngine: ptrace\n$/);
  },
);

Deno.test("procctl trace refuses what an engine cannot do", () => {
  for (
    const [options, message] of [
      [["--engine=magic"], 'There is no engine "magic"'],
      [["--engine=observe"], "it reads no strings"],
      [["--engine=observe", "--json"], "it reads no strings"],
      [["--engine=ptrace", "--observe"], "Cannot --observe with the engine"],
      [["--observe", "--inject=close:error=EIO"], "it changes nothing"],
      [["--observe", "-y"], "it is too late to look at descriptors"],
      [["--observe", "--seccomp-bpf"], "it has no filter"],
      [["--observe", "--same-cpu"], "it takes no turns"],
      [["--observe", "-c"], "Cannot write both --summary-only and --observe"],
      [["--html=/dev/null", "--json"], "Cannot write both --json and --html"],
      [["--timeline=/dev/null", "-C"], "Cannot write both --summary and"],
    ] as const
  ) {
    const { code, stderr } = procctl(["trace", ...options, "true"]);
    assertEquals(code, 2, stderr);
    assertStringIncludes(stderr, message);
  }
  const pids = procctl(["trace", "--observe", "-p", "1,2"]);
  assertStringIncludes(pids.stderr, "it attaches to one process");
});

/** The names of calls, task by task in the order in which these begin. */
type Order = Map<number, string[]>;

function note(order: Order, tid: number, name: string): void {
  const names = order.get(tid);
  if (names === undefined) order.set(tid, [name]);
  else names.push(name);
}

for (const [command, ...args] of COMMANDS) {
  const name = [command, ...args].join(" ");
  testWith(
    `calls are observed in the order in which the Tracer sees them: ${name}`,
    [perfEvents],
    async () => {
      const options = {
        args,
        env: ENV,
        clearEnv: true,
        stdout: "null",
        stderr: "null",
      } as const;
      const observed: Order = new Map();
      using observation = observe(command!, options);
      for await (const event of observation.events()) {
        if (event.kind === "enter") note(observed, event.tid, event.name);
      }
      const traced: Order = new Map();
      using tracer = Tracer.spawn(command!, { ...options, follow: "all" });
      for (const event of tracer) {
        if (event.kind !== "syscall-enter") continue;
        note(traced, event.tid, event.name);
      }
      assert(observed.size > 0);
      assertEquals([...observed.values()], [...traced.values()]);
    },
  );
}
