import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { patience, run as runTool, TemporaryFolder } from "@procctl/testing";
import { answerOf } from "./_testing_runtime.ts";
import { run } from "./run.ts";
import { RunError } from "./run_error.ts";
import type { RunOptions, RunSyncOptions } from "./run_options.ts";
import { runSync } from "./run_sync.ts";

type Runner = (
  script: string,
  options?: RunSyncOptions,
) => ReturnType<typeof run>;

const RUNNERS: Record<string, Runner> = {
  "run()": (script, options) => run("sh", { args: ["-c", script], ...options }),
  // An async function, so that what it throws rejects.
  "runSync()": (script, options) =>
    Promise.resolve().then(() =>
      runSync("sh", { args: ["-c", script], ...options })
    ),
};

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Registers a test of both functions. */
function testBoth(name: string, fn: (run: Runner) => Promise<void>): void {
  for (const [title, runner] of Object.entries(RUNNERS)) {
    Deno.test(`${title} ${name}`, () => fn(runner));
  }
}

/**
 * Runs a script with more and more time, until it has come as far as it should
 * before its time is up.
 */
async function runUntil(
  hasComeFar: (result: Awaited<ReturnType<Runner>>) => boolean,
  run: Runner,
  script: string,
  options: RunSyncOptions = {},
): ReturnType<Runner> {
  for (let timeout = 100;; timeout *= 4) {
    const result = await run(script, { ...options, timeout });
    if (hasComeFar(result) || timeout > 20_000) return result;
  }
}

testBoth("gives the status, and what was written", async (run) => {
  const { stdout, stderr, usage, ...rest } = await run(
    "echo out; echo err >&2; exit 3",
  );
  assertEquals([decode(stdout), decode(stderr)], ["out\n", "err\n"]);
  assert(usage.userTime >= 0);
  assertEquals(rest, {
    success: false,
    code: 3,
    signal: null,
    coreDumped: false,
    timedOut: false,
    truncated: false,
  });
  assertEquals((await run("kill -HUP $$")).signal, "SIGHUP");
});

testBoth("gives nothing to read without an input", async (run) => {
  assertEquals((await run("cat")).stdout.length, 0);
});

testBoth("writes text and bytes to the standard input", async (run) => {
  const text = await run("cat", { input: "grüße\n" });
  assertEquals(decode(text.stdout), "grüße\n");
  const input = new Uint8Array([0, 255, 10, 13]);
  assertEquals((await run("cat", { input })).stdout, input);
  assertEquals((await run("cat", { input: "" })).stdout.length, 0);
});

testBoth("writes and reads at the same time, much of it", async (run) => {
  const input = crypto.getRandomValues(new Uint8Array(65536));
  const large = new Uint8Array(5_000_000);
  for (let at = 0; at < large.length; at += 65536) {
    large.set(input.subarray(0, large.length - at), at);
  }
  const { stdout, truncated } = await run("cat", { input: large });
  assertEquals([stdout.length, truncated], [large.length, false]);
  assert(stdout.every((byte, index) => byte === large[index]));
});

testBoth("does not mind an input that is not read", async (run) => {
  const input = new Uint8Array(1_000_000);
  assertEquals((await run("exit 3", { input })).code, 3);
  assertEquals((await run("exec <&-; echo on", { input })).code, 0);
});

testBoth(
  "does not wait for a reader of its input in the background",
  async (run) => {
    using folder = new TemporaryFolder();
    const pid = folder.join("pid");
    const script =
      `exec 3<&0; sleep 60 <&3 >/dev/null 2>&1 & echo $! >${pid}; exit 4`;
    const { code } = await run(script, { input: new Uint8Array(1_000_000) });
    assertEquals(code, 4);
    runTool(["sh", "-c", `kill $(cat ${pid})`]);
  },
);

testBoth("ends a program that takes too long by SIGTERM", async (run) => {
  const { signal, timedOut, success } = await run("exec sleep 60", {
    timeout: patience(20),
  });
  assertEquals([signal, timedOut, success], ["SIGTERM", true, false]);
});

testBoth(
  "ends one that ignores SIGTERM by SIGKILL, and keeps its output",
  async (run) => {
    const { signal, timedOut, stdout } = await runUntil(
      ({ stdout }) => stdout.length > 0,
      run,
      "trap '' TERM; echo out; while :; do sleep 0.05; done",
      { grace: 20 },
    );
    assertEquals([signal, timedOut], ["SIGKILL", true]);
    assertEquals(decode(stdout), "out\n");
  },
);

testBoth("lets one end by itself after SIGTERM", async (run) => {
  const { code, timedOut, stdout } = await runUntil(
    ({ stdout }) => stdout.length > 0,
    run,
    "trap 'echo bye; exit 7' TERM; while :; do sleep 0.01; done",
    { grace: patience(20_000) },
  );
  assertEquals([code, timedOut, decode(stdout)], [7, true, "bye\n"]);
});

testBoth("ends one that is stopped", async (run) => {
  const { signal, timedOut } = await run("kill -STOP $$", {
    timeout: patience(20),
    grace: patience(20_000),
  });
  assertEquals([signal, timedOut], ["SIGTERM", true]);
});

testBoth(
  "ends the whole group, also when its leader has ended",
  async (run) => {
    for (const script of ["sleep 60 & sleep 60", "sleep 60 & exit 0"]) {
      const { timedOut } = await run(script, {
        timeout: patience(50),
        grace: patience(20_000),
      });
      assertEquals(timedOut, true);
    }
    const isOver = ({ code }: { code: number }) => code === 5;
    const { code } = await runUntil(isOver, run, "sleep 60 & exit 5");
    assertEquals(code, 5);
  },
);

testBoth("ends a session's group as well", async (run) => {
  const { timedOut } = await run("sleep 60 & sleep 60", {
    timeout: patience(20),
    session: true,
  });
  assertEquals(timedOut, true);
});

testBoth("waits for the output of a process in the background", async (run) => {
  const { stdout } = await run("(sleep 0.05; echo late) & echo soon");
  assertEquals(decode(stdout), "soon\nlate\n");
});

testBoth(
  "does not wait for one that left the group when time is up",
  async (run) => {
    using folder = new TemporaryFolder();
    const pid = folder.join("pid");
    const { timedOut, code, stdout } = await runUntil(
      ({ stdout }) => stdout.length > 0,
      run,
      `setsid sh -c 'echo $$ >${pid}; exec sleep 60' & ` +
        `while ! [ -s ${pid} ]; do sleep 0.01; done; echo out; exit 3`,
      { grace: 20 },
    );
    assertEquals([timedOut, code, decode(stdout)], [true, 3, "out\n"]);
    runTool(["sh", "-c", `kill $(cat ${pid})`]);
  },
);

testBoth(
  "keeps as much output as was asked for, and ends what writes more",
  async (run) => {
    const exact = await run("printf 1234; printf 56 >&2", { maxOutput: 4 });
    assertEquals([decode(exact.stdout), exact.truncated], ["1234", false]);
    const more = await run("printf 12345; exec sleep 60", { maxOutput: 4 });
    assertEquals([decode(more.stdout), more.truncated, more.signal], [
      "1234",
      true,
      "SIGTERM",
    ]);
    const errors = await run("echo; printf 12345 >&2; exec sleep 60", {
      maxOutput: 4,
    });
    assertEquals([decode(errors.stderr), errors.truncated], ["1234", true]);
    const none = await run("printf 1; exec sleep 60", { maxOutput: 0 });
    assertEquals([none.stdout.length, none.truncated], [0, true]);
  },
);

testBoth(
  "reads on what is not kept, so that a program can end",
  async (run) => {
    const { truncated, stdout, code } = await run(
      "trap '' TERM; head -c 1000000 /dev/zero; exit 6",
      { maxOutput: 10, grace: patience(20_000) },
    );
    assertEquals([truncated, stdout.length, code], [true, 10, 6]);
  },
);

testBoth("keeps 16 MiB without being asked", async (run) => {
  const { stdout, truncated } = await run("exec yes");
  assertEquals([stdout.length, truncated], [16 * 2 ** 20, true]);
});

testBoth("throws what went wrong if that is to be checked", async (run) => {
  const cases: [script: string, options: RunSyncOptions, text: string][] = [
    ["exit 3", {}, "it ended with exit status 3"],
    ["kill -HUP $$", {}, "it was ended by SIGHUP"],
    ["echo why >&2; exit 1", {}, 'it ended with exit status 1: "why\\n"'],
    [
      "echo >&2; exec sleep 60",
      { timeout: patience(50) },
      'it ran too long: "\\n"',
    ],
    ["exec yes", { maxOutput: 9 }, "it wrote too much"],
  ];
  for (const [script, options, text] of cases) {
    const error = await assertRejects(
      () => run(script, { check: true, ...options }),
      RunError,
    );
    assertEquals(error.message, `Cannot run "sh": ${text}`);
  }
  assertEquals((await run("exit 0", { check: true })).code, 0);
});

testBoth("quotes the end of a long standard error", async (run) => {
  const script = "yes 0123456789 | head -n 1000 >&2; printf end >&2; exit 1";
  const error = await assertRejects(() => run(script, { check: true }));
  const { message, completed } = error as RunError;
  const quoted = JSON.parse(message.slice(message.indexOf("1: ") + 3));
  assertEquals([quoted.length, quoted.slice(-5)], [1000, "9\nend"]);
  assertEquals(completed.stderr.length, 11_003);
});

testBoth("captures only what is piped", async (run) => {
  using folder = new TemporaryFolder();
  const path = folder.join("out");
  const { stdout, stderr } = await run("echo out; echo err >&2", {
    stdout: { path, access: "write", create: true },
    stderr: "null",
  });
  assertEquals([stdout.length, stderr.length], [0, 0]);
  assertEquals(runTool(["cat", path]).stdout, "out\n");
});

testBoth(
  "runs without a pipe at all, and still to the end or the time-out",
  async (run) => {
    const options = { stdout: "null", stderr: "null" } as const;
    assertEquals((await run("exit 3", options)).code, 3);
    const { timedOut } = await run("exec sleep 60", {
      ...options,
      timeout: patience(20),
    });
    assertEquals(timedOut, true);
  },
);

testBoth("refuses what it cannot use, before there is a child", async (run) => {
  const piped = "piped" as const;
  const wrong: [options: object, error: ErrorConstructor, text: string][] = [
    [{ input: 1 }, TypeError, "Cannot use number as input"],
    [{ input: null }, TypeError, "Cannot use object as input"],
    [{ input: "", stdin: "null" }, TypeError, "both input and stdin"],
    [{ stdin: piped }, TypeError, '"piped" as stdin without input'],
    [{ fds: { 3: piped } }, TypeError, '"piped" as fds[3]'],
    [{ processGroup: 0 }, TypeError, "Cannot set processGroup"],
    [{ timeout: -1 }, RangeError, "Cannot use -1 as timeout"],
    [{ timeout: 0.5 }, RangeError, "Cannot use 0.5 as timeout"],
    [{ timeout: 2 ** 31 }, RangeError, "as timeout"],
    [{ grace: NaN }, RangeError, "Cannot use NaN as grace"],
    [{ maxOutput: -1 }, RangeError, "Cannot use -1 as maxOutput"],
  ];
  using folder = new TemporaryFolder();
  const script = `: >${folder.join("made")}`;
  for (const [options, type, text] of wrong) {
    await assertRejects(() => run(script, options), type, text);
  }
  assertEquals(runTool(["ls", folder.path]).stdout, "");
});

testBoth("says that there is no such program", async (run) => {
  const error = await assertRejects(() => run("exit 0", { cwd: "/none" }));
  assertEquals(
    (error as Error).message,
    'Cannot change to the directory "/none": No such file or directory: ENOENT',
  );
});

Deno.test("run() and runSync() leave no descriptors, and no processes, behind", () => {
  const answer = answerOf(`
    const { wait4 } = lazySymbols({ wait4: {
      parameters: ["i32", "buffer", "i32", "buffer"], result: "i32",
    } });
    const options = { input: "x", maxOutput: 2 };
    const ways = [
      () => run("true", options),
      () => runSync("true", options),
      () => run("echo", { args: ["long"], ...options }),
      () => runSync("echo", { args: ["long"], ...options }),
      () => run("false", { check: true }).catch(() => {}),
      () => run("/nonexistent").catch(() => {}),
      () => sh("echo", { stdout: "piped", stderr: "piped" }).output(),
    ];
    await Promise.all(ways.map((way) => way()));
    const before = openCount();
    for (let i = 0; i < 150; i++) await Promise.all(ways.map((way) => way()));
    answer([openCount() - before, orErrno(wait4(-1, null, 1, null))]);
  `);
  assertEquals(answer, [0, -10 /* ECHILD */]);
});

Deno.test("run() sends SIGTERM when this program ends, unless another signal is asked for", () => {
  using folder = new TemporaryFolder();
  for (const signal of ["TERM", "HUP"]) {
    const ready = folder.join(`ready-${signal}`);
    const told = folder.join(`told-${signal}`);
    const script = `
      trap 'echo TERM >${told}; exit' TERM
      trap 'echo HUP >${told}; exit' HUP
      echo >${ready}
      while :; do sleep 0.01; done
    `;
    answerOf(`
      const deathSignal = ${signal === "TERM" ? "undefined" : '"SIGHUP"'};
      run("sh", { args: ["-c", ${JSON.stringify(script)}], deathSignal });
      while (!isFile(${JSON.stringify(ready)})) await pause(1);
      answer(0);
      Deno.exit();
      function isFile(path) {
        try {
          return readFile(path).length > 0;
        } catch {
          return false;
        }
      }
    `);
    const wait = `while ! [ -s ${told} ]; do sleep 0.01; done; cat ${told}`;
    assertEquals(runTool(["sh", "-c", wait]).stdout, `${signal}\n`);
  }
});

Deno.test("run() reads a stream as input, and does not wait for it once the program has ended", async () => {
  const cat = (input: ReadableStream<Uint8Array>) =>
    run("cat", { input, maxOutput: 100 });
  const encode = (text: string) => new TextEncoder().encode(text);
  const pieces = ReadableStream.from(["a", "b", "c"].map(encode));
  assertEquals(decode((await cat(pieces)).stdout), "abc");

  const cancelled = Promise.withResolvers<void>();
  const endless = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encode("line\n")),
    cancel: () => cancelled.resolve(),
  });
  const args = ["-c", "read line; echo $line"];
  const { stdout } = await run("sh", { args, input: endless });
  assertEquals(decode(stdout), "line\n");
  await cancelled.promise;
});

Deno.test("run() ends the program and rejects if its input fails", async () => {
  const input = new ReadableStream<Uint8Array>({
    pull: () => Promise.reject(new Error("mine")),
  });
  const options: RunOptions = { args: ["-c", "sleep 60 & sleep 60"], input };
  await assertRejects(() => run("sh", options), Error, "mine");
});

Deno.test("run() refuses a stream that is locked", async () => {
  const input = new ReadableStream<Uint8Array>();
  input.getReader();
  await assertRejects(() => run("cat", { input }), TypeError, "locked");
});

Deno.test("run() ends the group and rejects with the reason when it is aborted", async () => {
  const controller = new AbortController();
  const args = ["-c", "trap 'echo $$; exit 0' TERM; sleep 60 & wait"];
  const running = run("sh", { args, signal: controller.signal });
  setTimeout(() => controller.abort(new Error("mine")), 20);
  await assertRejects(() => running, Error, "mine");
  const again = run("true", { signal: controller.signal });
  await assertRejects(() => again, Error, "mine");
  const ended = new AbortController();
  const { code } = await run("true", { signal: ended.signal });
  ended.abort();
  assertEquals(code, 0);
});

Deno.test("runSync() lets no timer fire while it runs", () => {
  let fired = false;
  const timer = setTimeout(() => fired = true, 0);
  runSync("sleep", { args: ["0.02"] });
  clearTimeout(timer);
  assertEquals(fired, false);
});

Deno.test("runSync() refuses a stream as input", () => {
  const input = new ReadableStream() as never;
  assertThrows(() => runSync("cat", { input }), TypeError, "as input");
});
