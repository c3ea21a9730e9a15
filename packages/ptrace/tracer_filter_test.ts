import { assert, assertEquals, assertThrows } from "@std/assert";
import { syscallNumber } from "@procctl/syscalls";
import { NOBODY, root, testWith, tool } from "@procctl/testing";
import { readStatus } from "./_proc_status.ts";
import { compareTraces } from "./_testing_compare.ts";
import { recordsOf } from "./_testing_records.ts";
import {
  argvOf,
  callsOf,
  inShort,
  only,
  play,
  trace,
} from "./_testing_tracer.ts";
import { Tracer, type TracerEvent, type TracerSpawnOptions } from "./mod.ts";

const gcc = [tool("gcc")];

/** Programs, and calls of theirs of which the same must be told. */
const COMPARED: [command: string, syscalls: string[]][] = [
  ["exit 3", ["exit_group"]],
  ["failing-execs", ["execve"]],
  ["calls 1000 -1 39 172", ["getpid"]],
  ["int80", ["write", "getpid"]],
  ["handlers", ["tgkill", "rt_sigreturn"]],
  ["restart", ["read", "write"]],
  ["stop-self", ["kill", "exit_group"]],
  ["page-end", ["openat", "write"]],
  ["wide-numbers", ["lseek", "mmap"]],
  ["daemon", ["setsid", "write", "exit_group"]],
  ["vforks", ["execve", "vfork", "clone", "clone3"]],
  ["threads 4 10", ["gettid", "clone", "clone3"]],
  ["threads 8 20", ["gettid"]],
  ["exec-from-thread", ["execve", "exit_group"]],
  ["leader-gone", ["execve", "exit", "exit_group"]],
  ["exit-fork", ["exit_group"]],
  ["forks 5", ["exit_group"]],
];

for (const [command, names] of COMPARED) {
  // vfork(2) is not everywhere.
  const syscalls = names.filter((name) => syscallNumber(name) !== undefined);
  testWith(
    `with a filter for ${names.join(", ")} the same is told of ${command}`,
    [...gcc, tool("setarch")],
    () => {
      // Without randomized addresses.
      const fixed = ["setarch", "-R", ...argvOf(command)] as const;
      const [full, filtered] = [false, true].map((exitKill) => {
        // Where tasks are not killed with their tracer, there is no filter.
        const { events, tracer } = trace([...fixed], { syscalls, exitKill });
        const [, exec] = only(events, "exec");
        const own = events.slice(events.indexOf(exec!)).filter(isSettled);
        return { tracer, records: recordsOf(own) };
      });
      const { differences, inexact } = compareTraces(
        full!.records,
        filtered!.records,
      );
      assertEquals([differences, inexact], [[], []]);
      assert(full!.records.length > 0);
      assertEquals(filtered!.tracer.status?.code, full!.tracer.status?.code);
    },
  );
}

/** When SIGCHLD comes, and how often, is open. */
function isSettled(event: TracerEvent): boolean {
  return event.kind !== "signal" || event.signal !== "SIGCHLD";
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

const CAP_SYS_ADMIN = 1n << 21n;

/** What all programs of a tree write that tell of their own statuses. */
function statuses(options: TracerSpawnOptions): [tid: number, text: string][] {
  const told: [number, string][] = [];
  const show = "cat /proc/self/status";
  const script = `${show}; (${show}; :); exec sh -c "exec ${show}"`;
  trace(
    ["sh", "-c", script],
    { ...options, syscalls: ["write"] },
    (event) => {
      if (event.kind !== "syscall-enter") return;
      const text = event.readString(event.args[1]!, { limit: 4096 })!;
      told.push([event.tid, text]);
    },
  );
  return told;
}

for (
  const [who, needs, options] of [
    ["this user", [], {}],
    ["an ordinary user", [root], { uid: NOBODY, gid: NOBODY }],
  ] as const
) {
  testWith(
    `a filter of ${who} goes with forks and execs, and takes privileges only from who must give them up`,
    needs,
    () => {
      const told = statuses(options);
      assertEquals(new Set(told.map(([tid]) => tid)).size, 3);
      const { effective } = readStatus("thread-self")!;
      const may = who === "this user" && (effective & CAP_SYS_ADMIN) !== 0n;
      for (const [, text] of told) {
        const flags = ["NoNewPrivs", "Seccomp"].map((name) =>
          new RegExp(`^${name}:\\t(\\d)$`, "m").exec(text)?.[1]
        );
        assertEquals(flags, [may ? "0" : "1", "2"]);
      }
    },
  );
}
