import { assert, assertEquals, assertThrows } from "@std/assert";
import { testWith, tool } from "@procctl/testing";
import { readStatus } from "./_proc_status.ts";
import { callsOf, inShort, only, play, trace } from "./_testing_tracer.ts";
import { Tracer, type TracerEvent } from "./mod.ts";

const gcc = [tool("gcc")];

/** The calls of some names, task by task in the order in which they were made. */
function storyOf(events: TracerEvent[], names: string[]): string[] {
  const tasks: number[] = [];
  const lines = events.flatMap((event) => {
    if (event.kind === "new-task") tasks.push(event.tid);
    const isCall = event.kind === "syscall-enter" ||
      event.kind === "syscall-exit";
    if (!isCall || !names.includes(event.name)) return [];
    // Numbers of tasks and addresses differ from run to run.
    const text = inShort(event).replace(/ \d{3,}$/, "");
    return [`${tasks.indexOf(event.tid)} ${text}`];
  });
  return lines.sort((a, b) => parseInt(a) - parseInt(b));
}

for (
  const scenario of [
    "failing-execs",
    "handlers",
    "vforks",
    "threads 4 10",
    "exec-from-thread",
    "leader-gone",
    "restart",
    "stop-self",
    "page-end",
    "wide-numbers",
    "int80",
    "exit-fork",
    "daemon",
    "forks 5",
  ]
) {
  testWith(
    `with a filter the same calls are told, of ${scenario}`,
    gcc,
    () => {
      const names = ["openat", "write", "gettid", "execve", "lseek", "tgkill"];
      const full = play(scenario);
      const filtered = play(scenario, { syscalls: names });
      assertEquals(
        storyOf(filtered.events, names),
        storyOf(full.events, names),
      );
      const others = filtered.events.filter((event) =>
        event.kind === "syscall-enter" && !names.includes(event.name)
      );
      assertEquals(others, []);
      assertEquals(filtered.tracer.status?.code, full.tracer.status?.code);
    },
  );
}

testWith("with no names no system call is told", gcc, () => {
  const { events } = play("vforks", { syscalls: [] });
  assertEquals(only(events, "syscall-enter"), []);
  assertEquals(only(events, "syscall-exit"), []);
  assertEquals(events.map(({ kind }) => kind).filter((it) => it === "exec"), [
    "exec",
    "exec",
  ]);
});

testWith(
  "where another way of tracing rules out a filter, the tracer itself selects",
  gcc,
  () => {
    for (
      const options of [{ follow: "threads" }, { exitKill: false }] as const
    ) {
      const { events } = play("threads 4 10", {
        ...options,
        syscalls: ["gettid"],
      });
      assertEquals(callsOf(events, "gettid").length, 80);
      assertEquals(only(events, "syscall-enter").length, 40);
    }
  },
);

testWith(
  "a child made with CLONE_UNTRACED is traced all the same, and has its calls",
  gcc,
  () => {
    for (const scenario of ["clone-untraced", "clone3-untraced"]) {
      const { events, tracer } = play(scenario, { syscalls: ["getppid"] });
      const [child] = only(events, "new-task");
      assert(child !== undefined, scenario);
      assertEquals(
        callsOf(events, "getppid").map(({ tid }) => tid),
        [child.tid, child.tid],
      );
      // It exits with 1 if it finds the flag changed.
      assertEquals(tracer.status?.code, 0);
    }
  },
);

testWith(
  "a filter of the program's own hides what it refuses from the tracer's",
  gcc,
  () => {
    const full = play("own-filter");
    const [, exit] = callsOf(full.events, "getppid");
    assertEquals(exit && inShort(exit), "< getppid EACCES");
    const filtered = play("own-filter", { syscalls: ["getppid"] });
    assertEquals(callsOf(filtered.events, "getppid"), []);
    assertEquals(filtered.tracer.status?.code, 0);
  },
);

Deno.test("a program with a filter cannot be let go", () => {
  using tracer = Tracer.spawn("sleep", { args: ["60"], syscalls: ["openat"] });
  assertThrows(
    () => tracer.detach(),
    TypeError,
    "a filter that only a tracer answers",
  );
});

Deno.test("a filter does not take privileges from who may do without that", () => {
  const told: string[] = [];
  trace(["cat", "/proc/self/status"], { syscalls: ["write"] }, (event) => {
    if (event.kind === "syscall-enter") {
      told.push(event.readString(event.args[1]!, { limit: 4096 })!);
    }
  });
  const CAP_SYS_ADMIN = 1n << 21n;
  const may = (readStatus("thread-self")!.effective & CAP_SYS_ADMIN) !== 0n;
  const [, value] = /^NoNewPrivs:\t(\d)$/m.exec(told.join(""))!;
  assertEquals(value, may ? "0" : "1");
});
