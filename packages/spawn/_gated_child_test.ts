import { assertEquals } from "@std/assert";
import { js, testWith, userNamespaces } from "@procctl/testing";
import { answerOf } from "./_testing_child.ts";

Deno.test("a child waits at its gate until that is opened", () => {
  const found = answerOf(`
    const program = new ChildProgram().add(umask(0o123), exec(sleeper, ["x"], {}));
    const child = program.startAtGate();
    const { poll } = lazySymbols({
      poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
    });
    // Nothing shows that a process will wait for ever: it has time to go on.
    poll(null, 0n, 20);
    const look = () => [
      child.isPreparing(), link("/proc/" + child.pid + "/exe") === sleeper,
      field("/proc/" + child.pid + "/status", "Umask") === "0123",
    ];
    const early = [attempt(() => child.executed()).message, ...look()];
    child.open();
    child.executed();
    asleep(child.pid);
    answer([early, look(), attempt(() => child.open()).message]);
    child[Symbol.dispose]();
    end(child);`);
  assertEquals(found, [
    ["Cannot wait for a child whose gate is closed", true, false, false],
    [false, true, true],
    "Cannot open the gate of a child again",
  ]);
});

Deno.test("disposing of a child at its gate ends it, and gives back all that it took", () => {
  const [before, after, arenas, left] = answerOf(
    `
    const program = new ChildProgram().add(exec("/nope", ["x"], {}));
    const count = () => Object.keys(descriptors("self")).length;
    const uses = [
      // It waits, it is on its way, it has failed, it has failed and that was told.
      () => { using _child = program.startAtGate(); },
      () => { using child = program.startAtGate(); child.open(); },
      () => {
        using child = program.startAtGate();
        child.open();
        while (child.isPreparing());
      },
      () => {
        using child = program.startAtGate();
        child.open();
        attempt(() => child.executed());
      },
      // Somebody else ends it.
      () => {
        using child = program.startAtGate();
        c.kill(child.pid, 9);
        while (child.isPreparing());
      },
    ];
    for (const use of uses) use();
    const before = count();
    for (const use of uses) for (let n = 0; n < 20; n++) use();
    const left = orErrno(c.waitid(0 /* P_ALL */, 0, null, 4 /* WEXITED */));
    answer([before, count(), live.size, left]);`,
  );
  assertEquals(after, before);
  assertEquals(left, -10, "ECHILD");
  assertEquals(arenas, 0);
});

Deno.test("disposing of a child that has executed its program leaves that alone", () => {
  const [state, arenas] = answerOf(
    `
    const program = new ChildProgram().add(exec(sleeper, ["x"], {}));
    const child = program.startAtGate();
    child.open();
    child.executed();
    child[Symbol.dispose]();
    const { state } = stat(asleep(child.pid));
    end(child);
    answer([state, live.size]);`,
  );
  assertEquals(["S", "R"].includes(state), true, state);
  assertEquals(arenas, 0);
});

Deno.test("two children at their gates do not hold each other up", () => {
  const found = answerOf(`
    const program = (code) => new ChildProgram()
      .add(exec("/bin/sh", ["sh", "-c", "exit " + code], {}));
    const [first, second, third] = [1, 2, 3].map((code) => program(code).startAtGate());
    const codes = [];
    for (const child of [second, first]) {
      child.open();
      child.executed();
      const status = new Int32Array(1);
      c.waitpid(child.pid, status, 0);
      codes.push(status[0] >> 8);
    }
    // One that is made while another waits is as any other.
    codes.push(program(4).run().code);
    third[Symbol.dispose]();
    answer([codes, third.isPreparing()]);`);
  assertEquals(found, [[2, 1, 4], false]);
});

Deno.test("a step that fails behind the gate is told as any other", () => {
  const found = answerOf(`
    using child = new ChildProgram()
      .add(umask(0), chdir("/nope"), exec("/bin/true", ["x"], {})).startAtGate();
    child.open();
    answer(attempt(() => child.executed()));`);
  assertEquals(found, {
    name: "SystemError",
    message:
      'Cannot change to the directory "/nope": No such file or directory: ENOENT',
    code: "ENOENT",
    errno: 2,
    syscall: "chdir",
    path: "/nope",
  });
});

Deno.test("a child from a gate has no death signal, or the one that it asks for", () => {
  const signals = answerOf(`
    const signalOf = (...steps) => {
      const fd = memory("told");
      using child = new ChildProgram()
        .add(dup(fd, 1), ...steps, exec(teller, ["x"], {})).startAtGate();
      child.open();
      child.executed();
      c.waitpid(child.pid, null, 0);
      return told(fd);
    };
    const [TERM, HUP] = ["SIGTERM", "SIGHUP"].map(deathSignal);
    answer([signalOf(), signalOf(TERM), signalOf(TERM, umask(0)), signalOf(TERM, HUP)]);`);
  assertEquals(signals, [0, 15, 15, 1]);
});

Deno.test("a child from a gate is traced by its parent, and stops at its exec", () => {
  const found = answerOf(`
    const { ptrace } = lazySymbols({
      ptrace: { parameters: ["i64", "i32", "usize", "usize"], result: "i64" },
    });
    const steps = c.getuid() === 0 ? [setgid(65534), setuid(65534)] : [];
    using child = new ChildProgram()
      .add(...steps, traceme(), exec(sleeper, ["x"], {})).startAtGate();
    child.open();
    const status = new Int32Array(1);
    c.waitpid(child.pid, status, 0);
    const PTRACE_SETOPTIONS = 0x4200n, PTRACE_O_EXITKILL = 0x100000n, PTRACE_CONT = 7n;
    const options = ptrace(PTRACE_SETOPTIONS, child.pid, 0n, PTRACE_O_EXITKILL);
    const preparing = child.isPreparing();
    child.executed();
    ptrace(PTRACE_CONT, child.pid, 0n, 0n);
    c.kill(child.pid, 9);
    c.waitpid(child.pid, null, 0);
    answer([status[0], options, preparing]);`);
  assertEquals(found, [0x57f, "0n", false]);
});

/**
 * Starts a child in a parent that is then killed, and asserts whether it ends
 * with that.
 */
function assertEnds(start: string, expected: boolean): void {
  const ended = answerOf(js`
    writeFile("parent.mjs", new TextEncoder().encode(${start}));
    const script = link("/proc/self/cwd") + "/parent.mjs";
    const fd = memory("pid");
    const [deno, ...args] = [...denoArgv(script), sleeper];
    const parent = startWith({ args, stdout: fd }, deno);
    const { poll } = lazySymbols({
      poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
    });
    const line = () => text("/proc/self/fd/" + fd);
    while (!line().includes("\\n")) poll(null, 0n, 5);
    const pid = Number(line());
    // When it is waited for, its children have got their signals.
    end(parent);
    const isThere = () => "RSDT".includes(attempt(() => stat(pid).state));
    // One that is to go on has a moment to end all the same.
    for (let n = 0; n < ${
    expected ? 2000 : 5
  } && isThere(); n++) poll(null, 0n, 10);
    const ended = !isThere();
    c.kill(pid, 9);
    answer(ended);`);
  assertEquals(ended, expected);
}

const PARENT = `
  import { ChildProgram } from "@procctl/spawn/child-program";
  import { deathSignal, exec, setsid } from "@procctl/spawn/steps";
  const sleeper = exec(Deno.args[0], ["x"], {});
  const CLONE_NEWPID = 0x20000000, CLONE_NEWUSER = 0x10000000;
`;
const WAIT = "console.log(child.pid); setInterval(() => {}, 1e6);";

Deno.test("a child at its gate ends with its parent, which is killed", () => {
  const start = "const child = new ChildProgram().add(sleeper).startAtGate();";
  assertEnds(PARENT + start + WAIT, true);
});

testWith("a child at its gate, first in new namespaces, ends with its parent", [
  userNamespaces,
], () => {
  const start = `const child = new ChildProgram()
    .inNamespaces(CLONE_NEWUSER | CLONE_NEWPID).add(sleeper).startAtGate();`;
  assertEnds(PARENT + start + WAIT, true);
});

Deno.test("a child from a gate goes on after its parent, or gets its death signal", () => {
  const through = (steps: string) => `
    const child = new ChildProgram().add(${steps} sleeper).startAtGate();
    child.open();
    child.executed();`;
  assertEnds(PARENT + through("") + WAIT, false);
  assertEnds(PARENT + through('deathSignal("SIGTERM"),') + WAIT, true);
});

Deno.test("a child with a death signal ends with its parent, one without goes on", () => {
  const start = (steps: string) =>
    `const child = new ChildProgram().add(setsid(), ${steps} sleeper).start();`;
  assertEnds(PARENT + start("") + WAIT, false);
  assertEnds(PARENT + start('deathSignal("SIGKILL"),') + WAIT, true);
});

Deno.test("a child of a Worker with a death signal ends with that Worker", () => {
  const worker = PARENT.replace("Deno.args[0]", "PATH") + `
    const child = new ChildProgram().add(deathSignal("SIGKILL"), sleeper).start();
    postMessage(child.pid);`;
  const found = answerOf(
    js`
      const source = ${worker}.replace("PATH", JSON.stringify(sleeper));
      writeFile("worker.mjs", new TextEncoder().encode(source));
      const worker = new Worker(
        "file://" + link("/proc/self/cwd") + "/worker.mjs", { type: "module" },
      );
      const pid = await new Promise((resolve) => worker.onmessage = ({ data }) => resolve(data));
      const before = stat(pid).state !== "Z";
      worker.terminate();
      const status = new Int32Array(1);
      const reaped = c.waitpid(pid, status, 0);
      answer([before, reaped === pid, status[0]]);`,
    { flags: ["--allow-ffi", "--allow-read"] },
  );
  assertEquals(found, [true, true, 9]);
});
