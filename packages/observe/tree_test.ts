import { assert, assertEquals } from "@std/assert";
import { readFile } from "@procctl/libc";
import { run, TemporaryFolder, testWith, tool } from "@procctl/testing";
import {
  assertKind,
  callNumbers,
  compiled,
  perfEvents,
  see,
  seeProgram,
  x86,
} from "./_testing.ts";
import type { ObservedEvent } from "./event.ts";

/** From one number to before another. */
function range(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, i) => first + i);
}

function byTask(events: readonly ObservedEvent[]) {
  return Map.groupBy(events, ({ tid }) => tid);
}

testWith(
  "each of many threads is observed, its calls in their order",
  compiled,
  async () => {
    const { events, lost, pid } = await seeProgram(["threads", 20_000, 8]);
    assertEquals(lost, 0);
    const called = [...byTask(events).values()].map(callNumbers)
      .filter(({ length }) => length > 0)
      .toSorted((a, b) => a[0]! - b[0]!);
    assertEquals(called.length, 8);
    called.forEach((numbers, i) => {
      assertEquals(numbers, range(i * 1_000_000, i * 1_000_000 + 20_000));
    });
    const made = events.filter(({ kind }) => kind === "fork");
    assert(made.every((it) => it.kind === "fork" && it.childPid === pid));
    assertEquals(made.length, 8);
    assertEquals(events.filter(({ kind }) => kind === "end").length, 9);
  },
);

testWith(
  "a tree of processes is observed, and who made whom",
  compiled,
  async () => {
    const { events, lost, pid } = await seeProgram(["forks", 100, 5]);
    assertEquals(lost, 0);
    const tasks = byTask(events);
    assertEquals(tasks.size, 2 ** 5 - 1);
    for (const own of tasks.values()) {
      assertEquals(callNumbers(own), range(0, 100));
      assertEquals(own.at(-1)!.kind, "end");
    }
    const parents = new Map<number, number>();
    for (const event of events) {
      if (event.kind === "fork") parents.set(event.childTid, event.tid);
    }
    const depth = (task: number): number =>
      task === pid ? 1 : 1 + depth(parents.get(task)!);
    const depths = [...tasks.keys()].map(depth).toSorted();
    assertEquals(
      depths,
      range(1, 6).flatMap((n) => Array(2 ** (n - 1)).fill(n)),
    );
  },
);

testWith(
  "a task that goes from processor to processor stays in order",
  compiled,
  async () => {
    const { events, lost } = await seeProgram(["migrate", 2000]);
    assertEquals(lost, 0);
    assertEquals(callNumbers(events), range(0, 2000));
    const cpus = new Set(events.map(({ cpu }) => cpu));
    assertEquals(cpus.size, Math.min(navigator.hardwareConcurrency, 2000));
  },
);

testWith(
  "the return from a signal's handler has its call's name",
  compiled,
  async () => {
    const { events } = await seeProgram(["signals", 50]);
    const returns = events.filter((it) =>
      it.kind === "exit" && it.name === "rt_sigreturn"
    );
    assertEquals(returns.length, 50);
  },
);

testWith(
  "an exec from another thread goes on as the first thread",
  compiled,
  async () => {
    const { events, pid } = await seeProgram(["thread-exec", 0, "/bin/true"]);
    const index = events.findIndex((it) =>
      it.kind === "exec" && it.path === "/bin/true"
    );
    const exec = events[index]!;
    assertKind(exec, "exec");
    assertEquals(exec.tid, pid);
    assert(exec.formerTid !== pid);
    const exit = events[index + 1]!;
    assertKind(exit, "exit");
    assertEquals([exit.tid, exit.name], [pid, "execve"]);
    // Its call had begun under its former number.
    assert(exit.duration !== undefined && exit.duration > 0);
  },
);

testWith(
  "two thousand forks and execs lose nothing at the default size",
  compiled,
  async () => {
    const { events, lost, pid } = await seeProgram([
      "execs",
      2000,
      "/bin/true",
    ]);
    assertEquals(lost, 0);
    const count = (kind: string) =>
      events.filter((it) => it.kind === kind).length;
    assertEquals([count("fork"), count("exec"), count("end")], [
      2000,
      2001,
      2001,
    ]);
    const tasks = byTask(events);
    tasks.delete(pid);
    // All of them do the same, and end.
    const calls = new Set<string>();
    for (const own of tasks.values()) {
      const names = own.map((it) => it.kind === "enter" ? it.name : it.kind);
      calls.add(names.join(" "));
    }
    assertEquals(calls.size, 1);
  },
);

testWith("calls by int 0x80 of a 64-bit program are those of i386", [
  ...compiled,
  x86,
], async () => {
  const { events } = await seeProgram(["int80", 300]);
  const calls = events.filter((it) =>
    it.kind === "enter" && it.name === "getpgid"
  );
  const abis = calls.map((it) => it.kind === "enter" && `${it.abi} ${it.nr}`);
  assertEquals(abis, Array(300).fill(["i386 132", "x86_64 121"]).flat());
  const returns = events.filter((it) =>
    it.kind === "exit" && it.abi === "i386"
  );
  assertEquals(returns.length, 300);
  assert(returns.every((it) => it.kind === "exit" && it.name === "getpgid"));
});

testWith("a script's exec tells the script", [perfEvents], async () => {
  const { events } = await see("sh", { args: ["-c", "exec env true"] });
  const paths = events.flatMap((it) => it.kind === "exec" ? [it.path] : []);
  assertEquals(paths.map((it) => it.split("/").at(-1)), ["sh", "env", "true"]);
});

/** Whether a child's end comes before or after its parent waits is chance. */
const UNORDERED = "rt_sigreturn";

/** The calls of each task in their order, as strace -f saw them begin. */
function straceOrders(script: string): string[] {
  using folder = new TemporaryFolder();
  const file = folder.join("log");
  run(["strace", "-f", "-qq", "-o", file, "sh", "-c", script]);
  const orders = new Map<string, string[]>();
  for (const line of new TextDecoder().decode(readFile(file)).split("\n")) {
    const [, tid, name] = /^(\d+) +(\w+)\(/.exec(line) ?? [];
    if (name === undefined || name === UNORDERED) continue;
    orders.set(tid!, [...orders.get(tid!) ?? [], name]);
  }
  return [...orders.values()].map((names) => names.join(" ")).toSorted();
}

testWith("calls are in the order in which strace -f sees them, in each task", [
  perfEvents,
  tool("strace"),
], async () => {
  const script = "for i in 1 2 3; do (umask 0); env true; done; exit 3";
  const { events, pid } = await see("sh", { args: ["-c", script] });
  const orders = [...byTask(events)].map(([tid, own]) => {
    const names = own.flatMap((it) => it.kind === "enter" ? [it.name] : [])
      .filter((name) => name !== UNORDERED);
    // The call that starts the program begins before it is observed.
    if (tid === pid) names.unshift("execve");
    return names.join(" ");
  });
  assertEquals(orders.toSorted(), straceOrders(script));
});
