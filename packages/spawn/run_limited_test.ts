import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { readFile } from "@procctl/libc";
import {
  NOBODY,
  root,
  run,
  runDeno,
  TemporaryFolder,
  testWith,
  tool,
} from "@procctl/testing";
import { statOf } from "./_process_tree.ts";
import { answerOf as inChild } from "./_testing_child.ts";
import { answerOf } from "./_testing_runtime.ts";
import type { LimitedReport } from "./limited_report.ts";
import { runLimited } from "./run_limited.ts";
import type { RunLimitedOptions } from "./run_limited_options.ts";
import { spawnLimited } from "./spawn_limited.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const isThere = (pid: number) => !"ZX".includes(statOf(pid)?.state ?? "X");

Deno.test("runLimited() gives what a command wrote, and how it ended", async () => {
  const result = await runLimited("sh", {
    args: ["-c", "cat; echo no >&2; exit 3"],
    input: "hello",
  });
  assertEquals(result.verdict, { kind: "exited", code: 3 });
  assertEquals([text(result.stdout), text(result.stderr)], ["hello", "no\n"]);
  assertEquals([result.success, result.code, result.signal], [false, 3, null]);
});

Deno.test("runLimited() fails as spawn() does, and leaves nothing", () => {
  const [messages, descriptors, children] = answerOf(`
    const messages = [];
    let before;
    for (let i = 0; i < 20; i++) {
      if (i === 1) before = openCount();
      const attempts = [
        runLimited("/nonexistent"), runLimited("true", { cwd: "/nonexistent" }),
        runLimited("true", { stdin: 99 }), runLimited("true"),
      ];
      for (const it of await Promise.allSettled(attempts)) {
        messages.push(it.reason?.message ?? it.value.verdict.kind);
      }
    }
    const children = text(readFile("/proc/thread-self/children"));
    answer([[...new Set(messages)], openCount() - before, children]);
  `);
  assertEquals(messages, [
    'Cannot execute "/nonexistent": No such file or directory: ENOENT',
    'Cannot change to the directory "/nonexistent": No such file or directory: ENOENT',
    "Cannot copy descriptor 99 to 0: Bad file descriptor: EBADF",
    "exited",
  ]);
  assertEquals([descriptors, children], [0, ""]);
});

Deno.test("a command that cannot be looked at is ended before its report says so", () => {
  const answer = answerOf(`
    await runLimited("true"); // what is opened once is open
    const before = openCount();
    const child = spawnLimited("sh", { args: ["-c", "sleep 60 & wait"] });
    // A look at it decodes what it read from /proc. One fails, and no other.
    const { decode } = TextDecoder.prototype;
    TextDecoder.prototype.decode = () => {
      TextDecoder.prototype.decode = decode;
      throw new SystemError("Cannot read", { errno: 12, syscall: "read" });
    };
    answer(await child.report.catch(({ message }) =>
      [message, openCount() - before, isThere(child.pid)]
    ));
  `);
  assertEquals(answer, [
    "Cannot read: Cannot allocate memory: ENOMEM",
    0,
    false,
  ]);
});

Deno.test("spawnLimited() leaves nothing of a command that no descriptors are left for", () => {
  const [failures, left] = answerOf(`
    const { setrlimit } = await import("@procctl/rlimit");
    const failures = {};
    async function succeeds(free, open) {
      setrlimit("nofile", { soft: open + free });
      let child, syscall, code;
      try {
        child = spawnLimited("true", { stdout: "piped" });
      } catch (error) {
        ({ syscall, code } = error);
      }
      setrlimit("nofile", { soft: 1000 });
      await child?.[Symbol.asyncDispose]();
      const children = text(readFile("/proc/thread-self/children"));
      if (syscall) failures[syscall] = [code, openCount() - open, children];
      return child !== undefined;
    }
    setrlimit("nofile", { soft: 1000 });
    const open = openCount();
    for (let free = 0; !await succeeds(free, open); free++);
    // Those that wait for all children stay open.
    answer([failures, openCount() - open]);
  `);
  const none = ["EMFILE", 0, ""];
  assertEquals(left, 2);
  assertEquals(failures, {
    pipe2: none,
    memfd_create: none,
    socketpair: none,
    clone: none,
  });
});

Deno.test("runLimited() refuses what it cannot do, before it starts anything", async () => {
  const refusals: [RunLimitedOptions | object, string][] = [
    [{ wall: -1 }, "Cannot use -1 as wall: expected 0 to"],
    [{ wall: "soon" }, 'Cannot use "soon" as wall: expected seconds'],
    [{ cpuTime: NaN }, "Cannot use NaN as cpuTime: expected 0 to"],
    [{ grace: "1 s" }, 'Cannot use "1 s" as grace: expected seconds'],
    [{ memory: "1.5MiB" }, 'Cannot parse the limit "1.5MiB"'],
    [{ memory: -1 }, "Cannot use -1 as memory"],
    [{ output: 0.5 }, "Cannot use 0.5 as output"],
    [{ processes: 0 }, "Cannot use 0 as processes"],
    [{ processGroup: 0 }, "Cannot set processGroup"],
    [{ deathSignal: "SIGHUP" }, "Cannot set deathSignal"],
    [{ input: "x", stdin: "null" }, "Cannot give both input and stdin"],
    [{ stdin: "piped" }, 'Cannot use "piped" as stdin without input'],
    [{ limits: { cpu: -1 } }, 'Cannot set the limit "cpu"'],
  ];
  for (const [options, message] of refusals) {
    const error = await assertRejects(() =>
      runLimited("/nonexistent", options)
    );
    assert(
      error instanceof TypeError || error instanceof RangeError,
      `${error}`,
    );
    assertEquals(error.message.slice(0, message.length), message);
  }
});

Deno.test("runLimited() takes times with units", async () => {
  const { verdict, wallTime } = await runLimited("sleep", {
    args: ["60"],
    wall: "250ms",
  });
  assertEquals(verdict.kind, "wall-limit");
  assert(wallTime >= 0.25);
});

Deno.test("runLimited() ends a command when its signal is aborted", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  setTimeout(() => controller.abort(reason), 100);
  const error = await assertRejects(() =>
    runLimited("sleep", { args: ["60"], signal: controller.signal })
  );
  assertEquals(error, reason);
});

Deno.test("spawnLimited() tells what a command uses while it runs", async () => {
  await using child = spawnLimited("sh", {
    args: ["-c", "sleep 60 & sleep 60 & read x; exit 3"],
    stdin: "piped",
  });
  let sample = child.sample();
  while (sample.processes < 3) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    sample = child.sample();
  }
  assert(sample.memory > 100_000 && sample.memory < 100_000_000);
  assert(sample.wallTime > 0 && sample.cpuTime < 60);
  await child.stdin.close();
  const { verdict, containment } = await child.report;
  assertEquals(verdict, { kind: "exited", code: 3 });
  assertEquals(containment.leftBehind, 2);
});

Deno.test("spawnLimited() sends signals to the command", async () => {
  const child = spawnLimited("sh", {
    args: ["-c", "trap 'exit 9' USR1; echo ready; while :; do sleep 0.1; done"],
    stdout: "piped",
  });
  const reader = child.stdout.getReader();
  await reader.read();
  assert(child.kill("SIGUSR1"));
  assertEquals((await child.report).code, 9);
  assertEquals(child.kill("SIGUSR1"), false);
  await reader.cancel();
  assertThrows(() => child.stdin, TypeError, "it is not piped");
});

Deno.test("a command that is disposed of leaves nothing", async () => {
  const child = spawnLimited("sh", { args: ["-c", "sleep 60 & wait"] });
  await child[Symbol.asyncDispose]();
  assertEquals(isThere(child.pid), false);
  assertEquals((await child.report).signal, "SIGKILL");
});

Deno.test("a command is in a process group of its own, or in the caller's", async () => {
  const group = async (options: RunLimitedOptions) => {
    const args = ["-c", "ps -o pgid= -p $$; echo $$; ps -o pgid= -p $PPID"];
    const { stdout } = await runLimited("sh", { args, ...options });
    return text(stdout).trim().split(/\s+/);
  };
  const own = Number(
    run(["ps", "-o", "pgid=", "-p", String(Deno.pid)]).stdout.trim(),
  );
  const [apart, pid, supervisor] = await group({});
  assertEquals(apart, pid);
  assert(supervisor !== apart && Number(supervisor) !== own);
  assertEquals(Number((await group({ ownGroup: false }))[0]), own);
  const [session, leader] = await group({ session: true });
  assertEquals(session, leader);
});

Deno.test("a command has the descriptors that it is to have, and no others", async () => {
  using folder = new TemporaryFolder();
  const path = folder.write("file", "from a file");
  const { stdout } = await runLimited("sh", {
    args: ["-c", "cat; cat <&7; ls /proc/self/fd"],
    stdin: { path, access: "read" },
    fds: { 7: { path, access: "read" } },
    closeFrom: 3,
  });
  // ls itself opens the folder.
  const list = text(stdout);
  assertEquals(list, "from a filefrom a file0\n1\n2\n3\n7\n");
});

Deno.test("a command has nothing of its supervisor open", () => {
  const [plain, more] = inChild(`
    const list = async (options) => {
      const { stdout } = await runLimited("ls", { args: ["/proc/self/fd"], ...options });
      return new TextDecoder().decode(stdout).trim().split("\\n").join();
    };
    answer([await list({}), await list({ input: "x", fds: { 50: 0 } })]);
  `);
  // ls itself opens the folder.
  assertEquals([plain, more], ["0,1,2,3", "0,1,2,3,50"]);
});

Deno.test("a command gets SIGKILL when its supervisor ends", () => {
  const signal = inChild(`
    const { stdout } = await runLimited(teller);
    answer(new Int32Array(stdout.buffer)[0]);
  `);
  assertEquals(signal, 9);
});

Deno.test("the memory of a small command is not counted with that of Deno", async () => {
  const { usage, peakMemory } = await runLimited("true");
  assert(usage.peakMemory < 10 * 2 ** 20, `${usage.peakMemory} bytes`);
  assert(peakMemory < 10 * 2 ** 20);
});

Deno.test("what a daemon used is counted", async () => {
  const burn = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done";
  const { usage } = await runLimited("sh", {
    args: ["-c", `(setsid sh -c '${burn}; echo done' &) | cat`],
    wall: 60,
  });
  assert(usage.userTime > 0.02, `${usage.userTime} s`);
});

testWith(
  "the usage is what time(1) tells",
  [tool("time"), tool("perl")],
  async () => {
    using folder = new TemporaryFolder();
    const source =
      "my $x = 'x' x 33554432; my $e = (times)[0] + 0.3; 1 while (times)[0] < $e; select(undef, undef, undef, 0.01) for 1 .. 20; system('true')";
    // Both see the same run. What time(1) itself uses is next to nothing.
    const file = folder.join("time");
    const { usage, wallTime } = await runLimited("time", {
      args: ["-f", "%U %S %M %R %w %e", "-o", file, "perl", "-e", source],
    });
    const told = text(readFile(file));
    const [user, system, peak, faults, switches, wall] = told.split(" ")
      .map(Number) as [number, number, number, number, number, number];
    const close = (value: number, told: number, most: number) =>
      assert(value >= told - 0.02 && value <= told + most, `${value}, ${told}`);
    close(usage.userTime, user, 0.05);
    close(usage.systemTime, system, 0.05);
    assertEquals(usage.peakMemory, peak * 1024);
    close(usage.minorFaults, faults, 300);
    close(usage.voluntarySwitches, switches, 20);
    assert(wallTime >= wall - 0.02);
  },
);

Deno.test("a report can be written as JSON, and read again", async () => {
  const { stdout: _, stderr: __, ...report } = await runLimited("true");
  const read: LimitedReport = JSON.parse(JSON.stringify(report));
  assertEquals(read, report);
});

Deno.test("many commands under limits run at a time", async () => {
  const codes = Array.from({ length: 20 }, (_, code) => code);
  const results = await Promise.all(
    codes.map((code) =>
      runLimited("sh", { args: ["-c", `sleep 0.1; exit ${code}`], wall: 60 })
    ),
  );
  assertEquals(results.map(({ code }) => code), codes);
});

Deno.test("a command ends with the program that started it, daemons too", () => {
  using folder = new TemporaryFolder();
  const file = folder.join("pids");
  const script = `
    (setsid sh -c "echo \\$\\$ >> ${file}; trap '' TERM HUP; kill -STOP \\$\\$" &)
    echo $$ >> ${file}; setsid sleep 60 & echo $! >> ${file}; sleep 60`;
  const { signal } = runDeno(
    `
    import { spawnLimited } from "@procctl/spawn";
    import { readFile } from "@procctl/libc";
    spawnLimited("sh", { args: ["-c", ${
      JSON.stringify(script)
    }], cgroup: false });
    const lines = () => {
      try { return new TextDecoder().decode(readFile(${
      JSON.stringify(file)
    })).split("\\n").length; }
      catch { return 0; }
    };
    while (lines() < 4) await new Promise((resolve) => setTimeout(resolve, 10));
    Deno.kill(Deno.pid, "SIGKILL");
  `,
    { flags: ["--allow-ffi", "--allow-run"] },
  );
  assertEquals(signal, "SIGKILL");
  const pids = run(["cat", file]).stdout.trim().split("\n").map(Number);
  assertEquals(pids.length, 3);
  for (let tries = 0; pids.some(isThere) && tries < 500; tries++) {
    run(["sleep", "0.01"]);
  }
  assertEquals(pids.filter(isThere), []);
});

Deno.test("a command's status is told where SIGCHLD is ignored", () => {
  const [code, ignored, reset] = answerOf(`
    const libc = lazySymbols({
      signal: { parameters: ["i32", "usize"], result: "usize" },
    });
    const [SIGCHLD, SIG_DFL, SIG_IGN] = [17, 0n, 1n];
    libc.signal(SIGCHLD, SIG_IGN);
    // nohup(1) or the "&" of a shell may have set these to be ignored.
    for (const signal of [1, 2, 3]) libc.signal(signal, SIG_DFL);
    const { code } = await runLimited("sh", { args: ["-c", "exit 3"] });
    const grep = async (options) => {
      const args = ["SigIgn", "/proc/self/status"];
      const { stdout } = await runLimited("grep", { args, ...options });
      return text(stdout).split("\\t")[1].trim();
    };
    const reset = { signals: { default: ["SIGCHLD"] } };
    answer([code, await grep({}), await grep(reset)]);
  `);
  assertEquals([code, ignored], [3, "0000000000010000"]);
  assertEquals(reset, "0000000000000000");
});

testWith(
  "a command of another user has no way to its supervisor",
  [root],
  async () => {
    const { verdict, containment, stdout } = await runLimited("sh", {
      args: ["-c", "kill -KILL $PPID; id -u"],
      uid: NOBODY,
      gid: NOBODY,
    });
    assertEquals(verdict, { kind: "exited", code: 0 });
    assertEquals(text(stdout), `${NOBODY}\n`);
    assertEquals(containment.gaps, []);
  },
);

testWith(
  "a command that becomes another user is ended",
  [root, tool("perl")],
  async () => {
    const { containment } = await runLimited("perl", {
      args: [
        "-e",
        `if (!fork) { $( = $) = $< = $> = ${NOBODY}; sleep 60 } sleep 1`,
      ],
      wall: 60,
    });
    assertEquals([containment.leftBehind, containment.escaped], [1, []]);
  },
);
