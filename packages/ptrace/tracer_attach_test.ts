import { assert, assertEquals, assertThrows } from "@std/assert";
import { SystemError } from "@procctl/libc";
import { testWith, tool } from "@procctl/testing";
import { Tracer, type TracerEvent } from "./mod.ts";
import { readStatus } from "./_proc_status.ts";
import { Running, statesOf, until } from "./_testing_running.ts";
import { inShort, only } from "./_testing_tracer.ts";

const gcc = [tool("gcc")];

testWith(
  "attach() traces all threads of a process to their ends",
  gcc,
  async () => {
    await using running = await Running.sleepers(4, 1000);
    const tids = running.tids();
    const events: TracerEvent[] = [];
    const tracer = Tracer.attach(running.pid);
    for (const event of tracer) events.push(event.copy());
    for (const tid of tids) {
      const own = events.filter((event) => event.tid === tid).map(inShort);
      // It slept when it was interrupted, and goes on with that.
      assert(/^[<>] (restart_syscall|clock_nanosleep)/.test(own[0]!), own[0]);
      assertEquals(own.at(-1), "exit 0");
    }
    assertEquals(tracer.status?.code, 0);
    assertEquals(await running.output(), ["4 slept\n", 0]);
  },
);

testWith(
  "a process that was traced for a while goes on as if it was not",
  gcc,
  async () => {
    await using running = await Running.sleepers(4, 1000);
    const tids = running.tids();
    const tracer = Tracer.attach(running.pid);
    const seen = new Set<number>();
    for (const { tid } of tracer) if (seen.add(tid).size === 4) break;
    assertEquals(seen, new Set(tids));
    assertEquals(tids.map((tid) => readStatus(tid)?.tracer), [0, 0, 0, 0]);
    assertEquals(tracer.status, undefined);
    assertEquals(await running.output(), ["4 slept\n", 0]);
  },
);

testWith("attach() of one thread leaves the others alone", gcc, async () => {
  await using running = await Running.sleepers(4, 1000);
  const [, tid] = running.tids();
  const tracer = Tracer.attach(tid!, { threads: false });
  const tids = new Set<number>();
  for (const event of tracer) tids.add(event.tid);
  assertEquals(tids, new Set([tid]));
  assertEquals(await running.output(), ["4 slept\n", 0]);
});

testWith(
  "a process that is stopped is told to be, and stays so",
  gcc,
  async () => {
    // While the last ones are let go, the first is a stopped child by then.
    for (let round = 0; round < 20; round++) {
      await using running = await Running.sleepers(4, 25000);
      const tids = running.tids();
      running.child.kill("SIGSTOP");
      await until(() => statesOf(tids) === "TTTT");
      const tracer = Tracer.attach(running.pid);
      const stopped = new Set<number>();
      for (const event of tracer) {
        assertEquals(inShort(event), "group-stop SIGSTOP");
        if (stopped.add(event.tid).size === 4) break;
      }
      await until(() => statesOf(tids) === "TTTT");
      running.child.kill("SIGCONT");
      await until(() => statesOf(tids) === "SSSS");
    }
  },
);

testWith(
  "attach() and detach() 200 times leave a process as it was",
  gcc,
  async () => {
    await using running = await Running.sleepers(4, 25000);
    const tids = running.tids();
    for (let round = 0; round < 200; round++) {
      const tracer = Tracer.attach(running.pid);
      // Now at once, now in the middle of something.
      let events = round % 5;
      if (events > 0) {
        for (const _event of tracer) if (--events === 0) break;
      }
      tracer.detach();
    }
    await until(() => statesOf(tids) === "SSSS");
    assertEquals(tids.map((tid) => readStatus(tid)?.tracer), [0, 0, 0, 0]);
  },
);

testWith("a task that runs can be let go", gcc, async () => {
  await using running = new Running("busy");
  const tracer = Tracer.attach(running.pid);
  let calls = 0;
  for (const event of tracer) {
    const isCall = event.kind === "syscall-enter" && event.name === "gettid";
    if (isCall && ++calls === 100) break;
  }
  await until(() => statesOf([running.pid]) === "R");
  assertEquals(readStatus(running.pid)?.tracer, 0);
});

testWith(
  "exitKill kills what was attached to when it is given up",
  gcc,
  async () => {
    await using running = new Running("busy");
    {
      using _tracer = Tracer.attach(running.pid, { exitKill: true });
    }
    assertEquals((await running.child.status).signal, "SIGKILL");
  },
);

testWith(
  "a process cannot be traced twice, and the error says by whom it is",
  gcc,
  async () => {
    await using running = await Running.sleepers(2, 60000);
    using _tracer = Tracer.attach(running.pid);
    const error = assertThrows(() => Tracer.attach(running.pid), SystemError);
    assertEquals(error.code, "EPERM");
    assert(/thread \d+ traces it already/.test(error.message), error.message);
  },
);

Deno.test("attach() says why a process cannot be traced", () => {
  const errors = [2 ** 22 + 1, Deno.pid].map((pid) =>
    assertThrows(() => Tracer.attach(pid), SystemError)
  );
  assertEquals(errors.map(({ code }) => code), ["ESRCH", "EPERM"]);
  assert(errors[0]!.message.includes("there is no such task"));
  assert(errors[1]!.message.includes("it is a thread of this program"));
  assertThrows(() => Tracer.attach(0), RangeError);
});

testWith(
  "a process whose threads come and go is traced whole",
  gcc,
  async () => {
    await using running = new Running("churn");
    for (let round = 0; round < 20; round++) {
      const events: TracerEvent[] = [];
      let made = 0;
      for (const event of Tracer.attach(running.pid)) {
        events.push(event.copy());
        if (event.kind === "new-task" && ++made === 20) break;
      }
      // It is still there, and told of each thread once.
      assertEquals(only(events, "exit").filter(({ signal }) => signal), []);
      const told = only(events, "new-task").map(({ tid }) => tid);
      assertEquals([told.length, new Set(told).size], [20, 20]);
    }
    running.child.kill("SIGKILL");
    assertEquals((await running.child.status).signal, "SIGKILL");
  },
);
