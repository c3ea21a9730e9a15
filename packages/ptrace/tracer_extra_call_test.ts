import { assert, assertEquals } from "@std/assert";
import { lazySymbols, SystemError } from "@procctl/libc";
import { testWith, tool } from "@procctl/testing";
import { only, PAUSE, play } from "./_testing_tracer.ts";

const libc = lazySymbols({
  // int kill(pid_t pid, int sig)
  kill: { parameters: ["i32", "i32"], result: "i32" },
  // int tgkill(pid_t tgid, pid_t tid, int sig)
  tgkill: { parameters: ["i32", "i32", "i32"], result: "i32" },
});

const gcc = [tool("gcc")];
const SIGCONT = 18;
const SIGSTOP = 19;

testWith(
  "a stop of a process reaches threads that are kept busy by extra calls",
  gcc,
  () => {
    let calls = 0;
    let afterStop = 0;
    const stopped = new Set<number>();
    const { tracer } = play("threads 2 400", {}, (event, tracer) => {
      if (event.kind === "group-stop") {
        stopped.add(event.tid);
        // The first thread waits for the two.
        if (stopped.size === 3) libc.kill(event.pid, SIGCONT);
      } else if (event.kind === "exit" && stopped.size < 3) {
        tracer.kill();
      } else if ("name" in event && event.name === "gettid") {
        if (++calls === 50) libc.tgkill(event.pid, event.pid, SIGSTOP);
        if (stopped.size > 0 && stopped.size < 3) afterStop++;
        assertEquals(event.call("getppid"), BigInt(Deno.pid));
      }
    });
    assertEquals(stopped.size, 3);
    assertEquals(tracer.status?.code, 0);
    // Not long after the first.
    assert(afterStop < 20, `${afterStop}`);
  },
);

testWith(
  "signals come after an extra call, none of them lost",
  gcc,
  () => {
    const COUNT = 20;
    let sent = 0;
    const { events, tracer } = play("threads 1 50", {}, (event) => {
      if (event.kind === "signal") event.suppress();
      if (event.kind !== "syscall-enter" || event.name !== "gettid") return;
      if (sent === COUNT) return;
      sent++;
      // A real-time one: of those each counts.
      libc.tgkill(event.pid, event.tid, 40);
      assertEquals(event.call("getppid"), BigInt(Deno.pid));
    });
    const signals = only(events, "signal").filter(({ signal }) =>
      signal === "SIGRTMIN+6"
    );
    assertEquals(signals.length, COUNT);
    assertEquals(tracer.status?.code, 0);
  },
);

testWith(
  "an extra call that sleeps keeps no other thread from its exec",
  gcc,
  () => {
    // One thread executes a program while others are made to sleep: it ends
    // them, be it in the middle of that.
    const outcomes: (bigint | string)[] = [];
    const { events, tracer } = play("exec-from-thread", {}, (event) => {
      if (event.kind !== "syscall-enter" || event.name !== PAUSE) return;
      const timeout = event.stackPointer - 4096n;
      event.writeBytes(
        timeout,
        new Uint8Array(BigInt64Array.of(0n, 20_000_000n).buffer),
      );
      try {
        outcomes.push(event.call("nanosleep", timeout, 0));
      } catch (error) {
        if (!(error instanceof SystemError)) throw error;
        outcomes.push(error.code);
      }
    });
    assert(outcomes.length > 0);
    for (const outcome of outcomes) {
      assert(outcome === 0n || outcome === "ESRCH", `${outcome}`);
    }
    assertEquals(only(events, "exec").length, 2);
    assertEquals(tracer.status?.code, 0);
  },
);
