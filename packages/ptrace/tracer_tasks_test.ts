import { assert, assertEquals } from "@std/assert";
import { testWith, tool } from "@procctl/testing";
import { tracees } from "./_tracees.ts";
import {
  callsOf,
  inShort,
  only,
  PAUSE,
  play,
  traceesSince,
} from "./_testing_tracer.ts";

const gcc = [tool("gcc")];

testWith(
  "parent and child that end at once are both told, 200 times over",
  gcc,
  () => {
    for (let i = 0; i < 200; i++) {
      const { events, tracer } = play("exit-fork");
      const codes = only(events, "exit").map(({ code }) => code).sort();
      assertEquals(codes, [0, 1]);
      assertEquals(tracer.status?.code, 1);
    }
  },
);

testWith(
  "a daemon is traced to its end after the first process is gone",
  gcc,
  () => {
    const { events, tracer } = play("daemon");
    assertEquals(only(events, "exit").map(({ code }) => code), [0, 6, 7]);
    assertEquals(tracer.status?.code, 6);
  },
);

testWith(
  "children of vfork(2) are told, and their parent waits for them",
  gcc,
  () => {
    const { events } = play("vforks");
    const [first, second] = only(events, "new-task");
    assertEquals(
      [first?.how, second?.how, only(events, "new-task").length],
      ["vfork", "vfork", 2],
    );
    const begins = events.findIndex((it) => it === first);
    const ends = events.findIndex((it) =>
      it.kind === "syscall-enter" && it.tid === first!.tid &&
      it.name === "exit_group"
    );
    const returns = events.findIndex((it) =>
      it.kind === "syscall-exit" && it.result === BigInt(first!.tid)
    );
    assert(begins < ends && ends < returns, `${begins} ${ends} ${returns}`);
    assertEquals(only(events, "exec").length, 2);
  },
);

testWith(
  "each call of each thread is told once at its entry and once at its exit",
  gcc,
  () => {
    const { events, tracer } = play("threads 8 50");
    const calls = callsOf(events, "gettid");
    assertEquals(calls.length, 2 * 8 * 50);
    assertEquals(new Set(calls.map(({ tid }) => tid)).size, 8);
    assertEquals(new Set(calls.map(({ pid }) => pid)), new Set([tracer.pid]));
    assertEquals(
      only(events, "new-task").map(({ how, pid }) => [how, pid]),
      Array(8).fill(["clone", tracer.pid]),
    );
    assertEquals(only(events, "exit").length, 9);
  },
);

testWith(
  "a thread that executes a program goes on as its process",
  gcc,
  () => {
    const { events, tracer } = play("exec-from-thread");
    const { pid } = tracer;
    const threads = only(events, "new-task").map(({ tid }) => tid);
    const [, exec] = only(events, "exec");
    assertEquals([exec?.tid, exec?.formerTid], [pid, threads[3]]);
    const ends = only(events, "exit");
    assertEquals(
      ends.map(({ tid }) => tid).sort(),
      [
        ...threads.slice(0, 3),
        pid,
      ].sort(),
    );
    const after = events.slice(events.findIndex((it) => it === exec) + 1);
    assertEquals(inShort(after[0]!), "< execve 0");
    assertEquals(new Set(after.map(({ tid }) => tid)), new Set([pid]));
    assertEquals(tracer.status?.code, 0);
  },
);

testWith(
  "a thread can execute a program when the first thread is gone",
  gcc,
  () => {
    const { events, tracer } = play("leader-gone");
    const [, exec] = only(events, "exec");
    assertEquals(exec?.tid, tracer.pid);
    assert(exec!.formerTid !== tracer.pid);
    assertEquals(tracer.status?.code, 0);
  },
);

testWith("exit_group(2) ends all threads, whose calls are closed", gcc, () => {
  const { events } = play("exit-group-of-9");
  const ends = only(events, "exit");
  assertEquals(ends.map(({ code }) => code), Array(9).fill(7));
  const open = ends.map(({ unfinished }) => unfinished);
  assert(open.includes("exit_group") && open.includes(PAUSE), `${open}`);
});

testWith("SIGKILL in a storm of new tasks leaves none of them", gcc, () => {
  const before = tracees();
  for (let i = 0; i < 10; i++) {
    let made = 0;
    const { events, tracer } = play("storm", {}, (event, tracer) => {
      if (event.kind === "new-task" && ++made === 40 + i) tracer.kill();
    });
    assertEquals(tracer.status?.signal, "SIGKILL");
    const tids = only(events, "new-task").map(({ tid }) => tid);
    const ends = only(events, "exit").map(({ tid }) => tid);
    assertEquals(
      new Set(ends),
      new Set([tracer.pid, ...tids]),
    );
    // Those too whose makers were killed as they made them.
    assertEquals(traceesSince(before), []);
  }
});

testWith('with follow "none" children go on untraced', gcc, () => {
  const { events, tracer } = play("forks 3", { follow: "none" });
  assertEquals(new Set(events.map(({ tid }) => tid)), new Set([tracer.pid]));
  assertEquals(only(events, "new-task"), []);
  assertEquals(tracer.status?.code, 0);
});

testWith('with follow "threads" only threads are traced', gcc, () => {
  const { events, tracer } = play("threads 2 1", { follow: "threads" });
  assertEquals(new Set(events.map(({ tid }) => tid)).size, 3);
  assertEquals(tracer.status?.code, 0);

  const forks = play("forks 3", { follow: "threads" });
  assertEquals(only(forks.events, "new-task"), []);
  assertEquals(forks.tracer.status?.code, 0);
});

testWith(
  "a child made with CLONE_UNTRACED goes on by itself where all calls are told",
  gcc,
  () => {
    for (const scenario of ["clone-untraced", "clone3-untraced"]) {
      const { events, tracer } = play(scenario);
      assertEquals(only(events, "new-task"), []);
      assertEquals(tracer.status?.code, 0);
    }
  },
);

testWith("300 short tasks are told one by one", gcc, () => {
  const { events } = play("forks 300");
  assertEquals(only(events, "new-task").length, 300);
  assertEquals(only(events, "exit").length, 301);
});
