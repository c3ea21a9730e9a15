import { assert, assertEquals, assertThrows } from "@std/assert";
import { readFile } from "@procctl/libc";
import {
  kernel,
  root,
  runDeno,
  TemporaryFolder,
  testWith,
  tool,
} from "@procctl/testing";
import { Tracer, type TracerEvent } from "./mod.ts";
import { tracees } from "./_tracees.ts";
import { readStatus } from "./_proc_status.ts";
import { Running, statesOf, until } from "./_testing_running.ts";
import { argvOf, inShort, traceesSince } from "./_testing_tracer.ts";

const gcc = [tool("gcc")];

/** Starts a scenario, and returns the tracer and the numbers of its tasks. */
function start(scenario: string): Tracer {
  const [program, ...args] = argvOf(scenario);
  return Tracer.spawn(program, { args, stdout: "null" });
}

/** Whether a process is there, be it as a zombie. */
function isThere(pid: number): boolean {
  return readStatus(pid) !== undefined;
}

testWith("break kills all that is traced, and leaves no zombie", gcc, () => {
  const tracer = start("threads 8 100000");
  const tids = new Set<number>();
  for (const { tid } of tracer) if (tids.add(tid).size === 9) break;
  assertEquals([...tids].filter(isThere), []);
  assertEquals(tracer.status?.signal, "SIGKILL");
  assertEquals([...tracer], []);
});

testWith("using kills what is traced", gcc, () => {
  const before = tracees();
  let pid;
  {
    using tracer = start("fork-storm");
    ({ pid } = tracer);
    let events = 0;
    for (const _event of tracer) if (++events === 500) break;
  }
  assertEquals(isThere(pid), false);
  assertEquals(traceesSince(before), []);
});

testWith(
  "a throw in the loop kills what is traced, and comes through",
  gcc,
  () => {
    const tracer = start("busy");
    assertThrows(
      () => {
        for (const event of tracer) {
          if (event.kind === "syscall-exit") throw new Error("enough");
        }
      },
      Error,
      "enough",
    );
    assertEquals(isThere(tracer.pid), false);
  },
);

testWith(
  "a tracer that nobody asked for events is disposed of too",
  gcc,
  () => {
    const tracer = start("busy");
    tracer[Symbol.dispose]();
    tracer[Symbol.dispose]();
    assertEquals(isThere(tracer.pid), false);
  },
);

testWith(
  "with exitKill false a program is let go, and goes on",
  gcc,
  async () => {
    const [program, ...args] = argvOf("sleepers 4 100");
    const tracer = Tracer.spawn(program, {
      ...{ args, exitKill: false, stdout: "piped" },
    });
    const tids = new Set<number>();
    for (const { tid } of tracer) if (tids.add(tid).size === 4) break;
    assertEquals(tracer.status, undefined);
    const { stdout, code } = await tracer.child!.output();
    assertEquals([new TextDecoder().decode(stdout), code], ["4 slept\n", 0]);
  },
);

testWith(
  "detach() at any event lets a program go on as if it was not traced",
  gcc,
  async () => {
    for (let last = 1; last < 100; last += 7) {
      const [program, ...args] = argvOf("queue");
      const tracer = Tracer.spawn(program, { args });
      let events = 0;
      for (const _event of tracer) if (++events === last) tracer.detach();
      assertEquals((await tracer.child!.status).code, 42);
    }
  },
);

testWith("detach() passes on the signal that it is at", gcc, async () => {
  const tracer = start("terminated");
  for (const event of tracer) if (event.kind === "signal") tracer.detach();
  assertEquals((await tracer.child!.status).signal, "SIGTERM");
});

testWith(
  "detach() while a parent waits in vfork(2) leaves nobody stopped",
  gcc,
  async () => {
    const tracer = start("vfork-sleep 100");
    for (const event of tracer) {
      if (event.kind === "new-task") tracer.detach();
    }
    assertEquals((await tracer.child!.status).code, 0);
    const attached = new Running("vfork-sleep 300");
    await until(() => statesOf([attached.pid]) === "D");
    Tracer.attach(attached.pid).detach();
    assertEquals(await attached.output(), ["", 0]);
  },
);

Deno.test("an abort in the loop kills what is traced, and the loop throws its reason", () => {
  const controller = new AbortController();
  const tracer = Tracer.spawn("sleep", {
    ...{ args: ["60"], signal: controller.signal },
  });
  assertThrows(
    () => {
      for (const event of tracer) {
        if (event.kind === "exec") controller.abort(new Error("enough"));
      }
    },
    Error,
    "enough",
  );
  assertEquals(tracer.status?.signal, "SIGKILL");
  assertThrows(
    () => Tracer.spawn("true", { signal: controller.signal }),
    Error,
    "enough",
  );
});

testWith(
  "a tracer that gave up its user kills what it may send no signal",
  [root, kernel(5, 19)],
  () => {
    const { stdout, stderr } = runDeno(`
      import { lazySymbols } from "@procctl/libc";
      import { Tracer } from "@procctl/ptrace";
      const libc = lazySymbols({
        kill: { parameters: ["i32", "i32"], result: "i32" },
        setresuid: { parameters: ["u32", "u32", "u32"], result: "i32" },
      });
      const [sleeping, killed, left] = [1, 2, 3].map(() =>
        Tracer.spawn("sleep", { args: ["60"] })
      );
      for await (const event of killed) {
        if (event.kind === "exec") {
          libc.setresuid(65534, 65534, 65534);
          console.log(libc.kill(event.pid, 9));
          killed.kill();
        }
      }
      for (const event of left) if (event.kind === "exec") break;
      // This one is not stopped at an event when it is killed.
      setTimeout(() => sleeping.kill(), 50);
      for await (const _event of sleeping);
      for (const it of [killed, left, sleeping]) console.log(it.status.signal);
    `);
    assertEquals([stdout, stderr], ["-1\nSIGKILL\nSIGKILL\nSIGKILL\n", ""]);
  },
);

Deno.test("a program that cannot be started leaves no descriptor open", () => {
  using folder = new TemporaryFolder();
  const bad = folder.write("bad", "\0\0", 0o755);
  const { stdout } = runDeno(`
    import { readDirectory } from "@procctl/libc";
    import { Tracer } from "@procctl/ptrace";
    import { settleDeno } from "@procctl/testing";
    settleDeno();
    const count = () => readDirectory("/proc/self/fd").length;
    const attempt = () => {
      try {
        Tracer.spawn(${JSON.stringify(bad)}, { stdout: "piped" });
      } catch (error) {
        return error.code;
      }
    };
    attempt();
    const before = count();
    const codes = new Set(Array.from({ length: 100 }, attempt));
    console.log([...codes].join(), count() - before);
  `);
  assertEquals(stdout, "ENOEXEC 0\n");
});

Deno.test("what a tracer has opened is closed at its end", () => {
  const { stdout } = runDeno(String.raw`
    import { lazySymbols, readDirectory } from "@procctl/libc";
    import { Tracer } from "@procctl/ptrace";
    const libc = lazySymbols({
      readlink: { parameters: ["buffer", "buffer", "usize"], result: "i32" },
    });
    const target = (name) => {
      const path = new TextEncoder().encode("/proc/self/fd/" + new TextDecoder().decode(name) + "\0");
      const bytes = new Uint8Array(100);
      return new TextDecoder().decode(bytes.subarray(0, libc.readlink(path, bytes, 100n)));
    };
    // Deno opens sockets and files of its own at any time.
    const own = () => readDirectory("/proc/self/fd").map(target)
      .filter((it) => /pidfd|\/mem$|pipe:/.test(it));
    const trace = () => {
      let seen = 0;
      for (const event of Tracer.spawn("sh", { args: ["-c", "/bin/echo a; /bin/echo b"], stdout: "null" })) {
        if (event.kind !== "syscall-enter" || event.name !== "write") continue;
        event.writeBytes(event.args[1], new Uint8Array([67]));
        seen = Math.max(seen, own().length);
      }
      return seen;
    };
    const before = own().length;
    let most = 0;
    for (let i = 0; i < 20; i++) most = Math.max(most, trace());
    await new Promise((resolve) => setTimeout(resolve, 0));
    console.log(most > before, own().length - before);
  `);
  assertEquals(stdout, "true 0\n");
});

Deno.test("no program survives a tracer that is killed", async () => {
  using folder = new TemporaryFolder();
  const pids = folder.join("pids");
  const { signal } = runDeno(
    `
    import { writeFile } from "@procctl/libc";
    import { Tracer } from "@procctl/ptrace";
    const script = "sleep 60 & sleep 60 & wait";
    const tids = new Set();
    for (const { tid } of Tracer.spawn("sh", { args: ["-c", script] })) {
      tids.add(tid);
      if (tids.size < 3) continue;
      writeFile(${
      JSON.stringify(pids)
    }, new TextEncoder().encode([...tids].join()));
      Deno.kill(Deno.pid, "SIGKILL");
    }
  `,
    { flags: ["--allow-ffi", "--allow-run"] },
  );
  assertEquals(signal, "SIGKILL");
  const tids = new TextDecoder().decode(readFile(pids)).split(",").map(Number);
  assertEquals(tids.length, 3);
  const isAlive = (tid: number) => {
    const state = readStatus(tid)?.state;
    return state !== undefined && state !== "Z" && state !== "X";
  };
  await until(() => !tids.some(isAlive));
});

Deno.test("two tracers work in two Workers at once", () => {
  using folder = new TemporaryFolder();
  const worker = folder.write(
    "worker.mjs",
    `
    import { Tracer } from "@procctl/ptrace";
    const script = "i=0; while [ $i -lt 300 ]; do i=$((i+1)); [ -e / ]; done; /bin/true; exit 3";
    let calls = 0, code;
    for (const event of Tracer.spawn("sh", { args: ["-c", script] })) {
      if (event.kind === "syscall-enter" && event.name === "newfstatat") calls++;
      if (event.kind === "exit") code = event.code;
    }
    postMessage([calls > 300, code]);
    `,
  );
  const { stdout, stderr } = runDeno(
    `
    const results = await Promise.all([1, 2].map(() => new Promise((resolve, reject) => {
      const worker = new Worker("file://${worker}", { type: "module" });
      worker.onmessage = ({ data }) => (resolve(data), worker.terminate());
      worker.onerror = reject;
    })));
    console.log(JSON.stringify(results));
    `,
    { flags: ["--allow-ffi", "--allow-read"] },
  );
  assertEquals([stdout, stderr], ["[[true,3],[true,3]]\n", ""]);
});

Deno.test("a loop can trace a program in the loop over another's events", () => {
  let inner: TracerEvent | undefined;
  let last: TracerEvent | undefined;
  for (
    const event of Tracer.spawn("sh", { args: ["-c", "/bin/true; exit 3"] })
  ) {
    if (event.kind === "new-task") {
      for (const it of Tracer.spawn("sh", { args: ["-c", "exit 4"] })) {
        inner = it.copy();
      }
    }
    last = event.copy();
  }
  assert(inner !== undefined && last !== undefined);
  assertEquals([inShort(inner), inShort(last)], ["exit 4", "exit 3"]);
});

Deno.test("a request of the thread that does not trace says who does", () => {
  using folder = new TemporaryFolder();
  const worker = folder.write(
    "worker.mjs",
    `
    import * as ptrace from "@procctl/ptrace/requests";
    onmessage = ({ data: pid }) => {
      try {
        ptrace.getregs(pid);
      } catch (error) {
        postMessage(error.message);
      }
    };
    postMessage("ready");
    `,
  );
  const { stdout } = runDeno(
    `
    import { Tracer } from "@procctl/ptrace";
    const tracer = Tracer.spawn("sleep", { args: ["60"] });
    const worker = new Worker("file://${worker}", { type: "module" });
    worker.onmessage = ({ data }) => {
      if (data === "ready") return worker.postMessage(tracer.pid);
      console.log(data.replaceAll(/\\d+/g, "N"));
      worker.terminate();
      tracer[Symbol.dispose]();
    };
    `,
    { flags: ["--allow-ffi", "--allow-read"] },
  );
  assert(
    stdout.includes("thread N of this program traces it, and only that thread"),
    stdout,
  );
});
