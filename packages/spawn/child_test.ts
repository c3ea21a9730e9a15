import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  file,
  root,
  run as runTool,
  TemporaryFolder,
  testWith,
} from "@procctl/testing";
import { answerOf } from "./_testing_runtime.ts";
import { spawn } from "./spawn.ts";
import type { SpawnOptions } from "./spawn_options.ts";

function sh(script: string, options: SpawnOptions = {}) {
  return spawn("sh", { args: ["-c", script], ...options });
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

Deno.test("status tells the exit status, and what was used", async () => {
  for (const code of [0, 1, 127, 255]) {
    const { usage, ...status } = await sh(`exit ${code}`).status;
    const success = code === 0;
    assertEquals(status, { success, code, signal: null, coreDumped: false });
    assert(Object.values(usage).every((value) => value >= 0));
  }
});

Deno.test("status tells every signal that can end a process", async () => {
  const names = ["SIGHUP", "SIGKILL", "SIGTERM", "SIGRTMIN+3"] as const;
  for (const [index, number] of [1, 9, 15, 37].entries()) {
    const { usage: _, ...status } = await sh(`kill -${number} $$`).status;
    assertEquals(status, {
      success: false,
      code: 128 + number,
      signal: names[index]!,
      coreDumped: false,
    });
  }
});

Deno.test("status tells whether a core file was left, as the shell does", async () => {
  using folder = new TemporaryFolder();
  for (const limit of [0, "unlimited"]) {
    const crash = "kill -SEGV $$";
    const options = { cwd: folder.path, limits: { core: { soft: limit } } };
    const { coreDumped, signal } = await sh(crash, options).status;
    const { stderr } = runTool(
      ["sh", "-c", `ulimit -S -c ${limit}; sh -c '${crash}'; exit 0`],
      { cwd: folder.path },
    );
    assertEquals(signal, "SIGSEGV");
    assertEquals(coreDumped, stderr.includes("core dumped"));
  }
});

Deno.test("status.usage is that of the process and of the children it waited for", async () => {
  const loop = "i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); done";
  const idle = await sh("exit 0").status;
  const own = await sh(loop).status;
  const ofChild = await sh(`sh -c '${loop}'; exit 0`).status;
  for (const { usage } of [own, ofChild]) {
    assert(usage.userTime > idle.usage.userTime);
    assert(usage.userTime < 60);
  }
  const { usage } = await sh("read line", { stdin: "null" }).status;
  assert(usage.minorFaults > 0);
  assert(usage.peakMemory > 2 ** 19);
  assertEquals(usage.peakMemory % 1024, 0);
});

Deno.test("status is the same however often it is awaited", async () => {
  const child = sh("exit 3");
  const [first, second] = await Promise.all([child.status, child.status]);
  assertEquals([first, await child.status], [second, second]);
  assertEquals(first.code, 3);
});

Deno.test("a child whose status nobody asks for is reaped", () => {
  const answer = answerOf(`
    const { pid } = sh("exit 1");
    while (isThere(pid)) await pause(1);
    answer("gone");
  `);
  assertEquals(answer, "gone");
});

Deno.test("kill() sends the signal that was asked for, SIGTERM without", async () => {
  const child = sh("trap 'exit 5' USR1; echo; while :; do sleep 0.01; done", {
    stdout: "piped",
  });
  await child.stdout.getReader().read();
  assertEquals(child.kill("SIGUSR1"), true);
  assertEquals((await child.status).code, 5);

  const other = spawn("sleep", { args: ["60"] });
  assertEquals(other.kill(), true);
  assertEquals((await other.status).signal, "SIGTERM");
});

Deno.test("kill() refuses what is not a signal, also after the end", async () => {
  const child = sh("exit 0");
  const kill = () => child.kill("SIGNONE" as Deno.Signal);
  assertThrows(kill, TypeError);
  await child.status;
  assertThrows(kill, TypeError);
});

Deno.test("kill() does nothing after the end, and pidfd is void", async () => {
  const child = sh("exit 0");
  assert(child.pidfd > 2);
  await child.status;
  assertEquals([child.kill("SIGKILL"), child.pidfd], [false, -1]);
});

testWith(
  "kill() never reaches a process that has got the number of one that ended",
  [root, file("/proc/sys/kernel/ns_last_pid")],
  () => {
    // Another process of the system may take the number first: then again.
    const answer = answerOf(`
      const sleep = { args: ["60"] };
      let old, heir;
      do {
        old = spawn("true");
        await old.status;
        writeFile("/proc/sys/kernel/ns_last_pid", bytes(String(old.pid - 1)));
        heir = spawn("sleep", sleep);
        if (heir.pid !== old.pid) await heir[Symbol.asyncDispose]();
      } while (heir.pid !== old.pid);
      const told = old.kill("SIGKILL");
      heir.kill("SIGHUP");
      answer([told, (await heir.status).signal]);
    `);
    assertEquals(answer, [false, "SIGHUP"]);
  },
);

Deno.test("killGroup() reaches all of the group that the child leads", async () => {
  for (const options of [{ processGroup: 0 }, { session: true }]) {
    const child = sh("sleep 60 & sleep 60 & wait", {
      stdout: "piped",
      ...options,
    });
    assertEquals(child.killGroup("SIGHUP"), true);
    const { signal } = await child.output(); // when nobody has its output open
    assertEquals(signal, "SIGHUP");
  }
});

Deno.test("killGroup() reaches those whose leader has ended, and says when there are none", async () => {
  const child = sh("sleep 60 & exit 0", { stdout: "piped", processGroup: 0 });
  await child.status;
  assertEquals(child.killGroup("SIGKILL"), true);
  assertEquals((await child.output()).code, 0);
  const alone = sh("exit 0", { processGroup: 0 });
  await alone.status;
  assertEquals(alone.killGroup("SIGKILL"), false);
});

Deno.test("killGroup() refuses a child that leads no group: its number is no group's", async () => {
  await using child = spawn("sleep", { args: ["60"] });
  assertThrows(
    () => child.killGroup(),
    TypeError,
    `Cannot send a signal to the group of process ${child.pid}: it does not lead one`,
  );
});

Deno.test("an AbortSignal that is aborted already throws its reason before there is a child", () => {
  using folder = new TemporaryFolder();
  const reason = new Error("mine");
  const made = folder.join("made");
  assertThrows(
    () => spawn("touch", { args: [made], signal: AbortSignal.abort(reason) }),
    Error,
    "mine",
  );
  assertEquals(runTool(["ls", folder.path]).stdout, "");
});

Deno.test("an AbortSignal ends the child by SIGTERM, and does nothing after its end", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const ended = sh("exit 0", { signal });
  await ended.status;
  const child = spawn("sleep", { args: ["60"], signal });
  controller.abort();
  assertEquals((await child.status).signal, "SIGTERM");
  assertEquals((await ended.status).code, 0);
});

Deno.test("a child takes its listener from the AbortSignal when it has ended", async () => {
  const { signal } = new AbortController();
  const listeners = new Set<unknown>();
  signal.addEventListener = (_type: string, it: unknown) => listeners.add(it);
  signal.removeEventListener = (_type: string, it: unknown) =>
    listeners.delete(it);
  const child = sh("exit 0", { signal });
  assertEquals(listeners.size, 1);
  await child.status;
  assertEquals(listeners.size, 0);
});

Deno.test("output() is all that was written, and the status", async () => {
  const script = "echo out; echo err >&2; exit 4";
  const child = sh(script, { stdout: "piped", stderr: "piped" });
  const { stdout, stderr, code } = await child.output();
  assertEquals([decode(stdout), decode(stderr), code], ["out\n", "err\n", 4]);
  const silent = await sh("exit 0").output();
  assertEquals([silent.stdout.length, silent.stderr.length], [0, 0]);
});

Deno.test("output() refuses a stream that is being read", async () => {
  await using child = spawn("cat", { stdin: "piped", stdout: "piped" });
  child.stdout.getReader();
  child.stdin.close();
  await assertRejects(() => child.output(), TypeError);
});

Deno.test("a stream that is not piped is not to be had", async () => {
  const child = sh("exit 0");
  for (const name of ["stdin", "stdout", "stderr"] as const) {
    assertThrows(
      () => child[name],
      TypeError,
      `Cannot get ${name}: it is not piped`,
    );
  }
  assertEquals(child.fds, {});
  await child.status;
});

Deno.test("await using ends a child, reaps it, and closes its pipes", () => {
  const answer = answerOf(`
    await sh("exit 0").status; // what is opened once is open
    const before = openCount();
    let pid;
    const piped = "piped";
    {
      const streams = { stdin: piped, stdout: piped, stderr: piped };
      await using child = spawn("sleep", { args: ["60"], ...streams, fds: { 3: piped } });
      child.stdout.getReader().read(); // one that waits
      child.stdin.getWriter().write(new Uint8Array(2 ** 20)).catch(() => {});
      ({ pid } = child);
    }
    answer([isThere(pid), openCount() - before]);
  `);
  assertEquals(answer, [false, 0]);
});

Deno.test("await using takes a child that has ended, and one that ended badly", async () => {
  const child = sh("exit 1", { stdout: "piped" });
  await child.status;
  await child[Symbol.asyncDispose]();
  await child[Symbol.asyncDispose]();
  assertEquals((await child.status).code, 1);
});

Deno.test("spawn() leaves nothing of a child that no descriptors are left for", () => {
  // The first child takes two more of them, for what waits for all children,
  // when it runs already.
  const answer = answerOf(`
    const { setrlimit } = await import("@procctl/rlimit");
    const { wait4 } = lazySymbols({ wait4: {
      parameters: ["i32", "buffer", "i32", "buffer"], result: "i32",
    } });
    const failures = {};
    async function succeeds(free, open, options) {
      setrlimit("nofile", { soft: open + free });
      try {
        const child = sh("exit 0", options);
        await child[Symbol.asyncDispose]();
        return true;
      } catch ({ syscall, code }) {
        const noChild = orErrno(wait4(-1, null, 1, null));
        setrlimit("nofile", { soft: 1000 });
        failures[syscall] = [code, noChild, openCount() - open];
        return false;
      }
    }
    for (const options of [{}, { stdin: "piped", fds: { 7: "piped" } }]) {
      setrlimit("nofile", { soft: 1000 });
      const open = openCount();
      for (let free = 0; !await succeeds(free, open, options); free++);
    }
    answer(failures);
  `);
  const ECHILD = 10;
  assertEquals(answer, {
    pipe2: ["EMFILE", -ECHILD, 0],
    socketpair: ["EMFILE", -ECHILD, 0],
    clone: ["EMFILE", -ECHILD, 0],
    epoll_create1: ["EMFILE", -ECHILD, 0],
    eventfd: ["EMFILE", -ECHILD, 0],
  });
});

Deno.test("a child that is left by its tracer, and that nothing can wait for, says so", () => {
  const answer = answerOf(`
    const { setrlimit } = await import("@procctl/rlimit");
    const { ChildProgram } = await import("@procctl/spawn/child-program");
    const { exec } = await import("@procctl/spawn/steps");
    const program = new ChildProgram().add(exec("/bin/true", ["true"], {}));
    const before = openCount();
    const started = program.start();
    setrlimit("nofile", { soft: openCount() });
    const ended = Promise.resolve(undefined);
    const child = new Child({ ...started, pipes: new Map(), leadsGroup: false, ended });
    const why = await child.status.catch(({ message }) => message);
    setrlimit("nofile", { soft: 1000 });
    answer([why, openCount() - before]);
  `);
  assertEquals(answer, [
    "Cannot wait for children: Too many open files: EMFILE",
    0,
  ]);
});
