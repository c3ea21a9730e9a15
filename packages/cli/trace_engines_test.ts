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
import { PROCCTL, procctl } from "./_testing.ts";
import { readCounts } from "./_testing_strace.ts";

/** The test observes. */
const perfEvents: Need = () =>
  findObstacle() === undefined ? undefined : "needs to observe";

const ENGINES = ["observe", "ptrace"] as const;
/** What they do does not depend on who is quicker. */
const COMMANDS: readonly (readonly string[])[] = [
  ["true"],
  ["cat", "/proc/version"],
  ["ls", "-la", "/etc"],
  ["stat", "/nonexistent", "/"],
  ["dd", "if=/dev/zero", "of=/dev/null", "bs=1", "count=5000"],
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

testWith("procctl trace --observe writes calls with numbers and names", [
  perfEvents,
], () => {
  const script = "/bin/true; read line <&0; exec cat /nowhere 2>/dev/null";
  const { code, stderr } = procctl(
    ["trace", "--observe", "-f", "-T", "sh", "-c", script],
    { env: ENV },
  );
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^<\.\.\. execve resumed>\) += 0 \(\/usr\/bin\/sh|^<\.\.\. execve resumed>\) += 0 \(\/bin\/sh/,
  );
  assertMatch(
    stderr,
    /openat\(AT_FDCWD, 0x[\da-f]+, O_RDONLY\|O_CLOEXEC\) += 3 <0\.\d{6}>$/m,
  );
  assertMatch(stderr, /execve.*\) += 0 \(\/bin\/true\) <\d\.\d{6}>$/m);
  assertMatch(
    stderr,
    /openat\(.*\) += -1 ENOENT \(No such file or directory\)/,
  );
  assertMatch(stderr, /exit_group\(1\) += \?\n\+\+\+ ended \+\+\+\n$/);
  assertEquals(stderr.match(/\+\+\+ ended/g)?.length, 2);
  const one = procctl(
    [
      "trace",
      "--observe",
      "-e",
      "execve,exit_group",
      "sh",
      "-c",
      "/bin/true; exit",
    ],
    { env: ENV },
  );
  assertMatch(
    one.stderr,
    /^<\.\.\. execve resumed>.*\nexit_group\(0\) += \?\n\+\+\+ ended \+\+\+\n$/,
  );
});

testWith("procctl trace --observe tells when calls were made", [
  perfEvents,
], () => {
  const before = Date.now() / 1000;
  const { stderr } = procctl(
    [
      "trace",
      "--observe",
      "-ttt",
      "-qq",
      "-e",
      "clock_nanosleep",
      "sleep",
      "0.2",
    ],
  );
  const after = Date.now() / 1000;
  const time = Number(/^(\d+\.\d{6}) clock_nanosleep\(/m.exec(stderr)?.[1]);
  // It was then, and not when it was told.
  assert(time >= before && time <= after - 0.2, stderr);
});

for (const engine of ENGINES) {
  const needs = engine === "observe" ? [perfEvents] : [];
  testWith(`procctl trace draws timelines by ${engine}`, needs, () => {
    using folder = new TemporaryFolder();
    const json = folder.join("timeline.json");
    const html = folder.join("page.html");
    const { code, stdout, stderr } = procctl([
      ...["trace", `--engine=${engine}`, "--timeline", json, "--html", html],
      ...["sh", "-c", "/bin/true; cat /proc/version | wc -l; exit 3"],
    ]);
    assertEquals([code, stdout, stderr], [3, "1\n", ""]);
    const events: TimelineJson[] = JSON.parse(textOf(json));
    const of = (phase: string) => events.filter(({ ph }) => ph === phase);
    assertEquals([of("s").length, of("f").length], [3, 3]);
    assertEquals(
      of("i").map(({ name }) => name.replace(/^exec .*\//, "")).sort(),
      ["cat", "sh", "true", "wc"],
    );
    const exits = of("X").filter(({ name }) => name === "exit_group");
    assertEquals(
      exits.map(({ args }) => args.arguments).sort(),
      ["0", "0", "0", "3"],
    );
    const opened = of("X").filter(({ name, args }) =>
      name === "openat" && args.arguments.startsWith("AT_FDCWD, ")
    );
    assertEquals(
      opened.some(({ args }) => args.arguments.includes('"/proc/version"')),
      engine === "ptrace",
    );
    assert(opened.every(({ ts, dur }) => ts >= 0 && dur >= 0));
    const page = textOf(html);
    assertStringIncludes(page, "<title>sh -c '");
    const data = JSON.parse(
      /<script type="application\/json" id="data">(.*)<\/script>/.exec(
        page,
      )![1]!,
    );
    assertEquals(data.count, of("X").length);
    assertEquals(data.tasks.length, 4);
  });
}

testWith("procctl trace writes a timeline and counts at once", [
  perfEvents,
], () => {
  for (const engine of ENGINES) {
    const { stderr } = procctl([
      ...["trace", "-c", `--engine=${engine}`, "--timeline=/dev/null"],
      ...["-e", "close", "true"],
    ]);
    assertMatch(stderr, /^100\.00 +\S+ +\d+ +2 +close\n/m);
  }
});

testWith("procctl trace says how many events were lost", [perfEvents], () => {
  // While it is stopped more is done than the rings of all processors hold.
  const { stderr, stdout } = run([
    "sh",
    "-c",
    `cd "$(mktemp -d)" && trap 'rm -r "$PWD"' EXIT
     "$@" trace -c -o counts sh -c 'echo >ready
       until [ -e go ]; do sleep 0.02; done
       dd if=/dev/zero of=/dev/null bs=1 count=1000000 status=none
       echo >done
       until [ -e end ]; do sleep 0.02; done' & tracer=$!
     until [ -e ready ]; do sleep 0.02; done
     kill -STOP $tracer; echo >go
     until [ -e done ]; do sleep 0.1; done
     kill -CONT $tracer
     # Before Linux 6.0 a loss is told by what comes after it.
     sleep 1; echo >end
     wait $tracer; echo $?`,
    "sh",
    ...PROCCTL,
  ]);
  assertEquals(stdout, "0\n");
  assertMatch(
    stderr,
    /^procctl: \d{3,} events were lost: they came too fast\n$/,
  );
});

testWith("procctl trace -c -p observes a process until it is interrupted", [
  perfEvents,
], () => {
  const { stderr, stdout } = run([
    "sh",
    "-c",
    `cd "$(mktemp -d)" && trap 'rm -r "$PWD"' EXIT
     sh -c 'while :; do echo; sleep 0.02; done' >/dev/null & pid=$!
     "$@" trace -c -p $pid 2>counts & tracer=$!
     sleep 0.2; until grep -q perf_event /proc/$tracer/maps; do sleep 0.02; done
     sleep 0.3; kill -INT $tracer; wait $tracer; echo $?
     kill $pid && cat counts >&2`,
    "sh",
    ...PROCCTL,
  ]);
  assertEquals(stdout, "130\n", stderr);
  assertMatch(stderr, /^ +\S+ +\S+ +\d+ +\d+ +write$/m);
  assertMatch(stderr, /Engine: observe\nprocctl: Process \d+ detached\n$/);
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

interface TimelineJson {
  ph: string;
  name: string;
  ts: number;
  dur: number;
  args: { arguments: string; result: string };
}

function textOf(path: string): string {
  return new TextDecoder().decode(readFile(path));
}
