import { assert, assertEquals } from "@std/assert";
import { run, testWith, tool } from "@procctl/testing";
import { count, perfEvents, see } from "./_testing.ts";
import { observe } from "./observe.ts";
import { Summary } from "./summary.ts";

testWith(
  "observe() sees a program from its exec to its end",
  [perfEvents],
  async () => {
    const { events, lost, pid } = await see("/bin/true");
    assertEquals(lost, 0);
    assertEquals(events[0]!.kind, "exec");
    assert(events[0]!.kind === "exec" && events[0]!.path === "/bin/true");
    const [, second] = events;
    assert(second!.kind === "exit" && second!.name === "execve");
    assertEquals(second!.duration, undefined);
    const last = events.at(-2)!;
    assert(last.kind === "enter" && last.name === "exit_group");
    assertEquals(last.args[0], 0n);
    assertEquals(events.at(-1)!.kind, "end");
    assert(events.every((event) => event.pid === pid && event.tid === pid));
  },
);

/** What strace -f -c counted: each call, how many times, how many failed. */
function straceCounts(argv: string[]): Map<string, [number, number]> {
  const { stderr } = run([
    "strace",
    "-f",
    "-c",
    "-U",
    "calls,errors,name",
    ...argv,
  ]);
  const counts = new Map<string, [number, number]>();
  for (const line of stderr.split("\n")) {
    const [, calls, errors, name] = /^ *(\d+) +(\d+)? *(\w+)$/.exec(line) ?? [];
    if (name === undefined || name === "total") continue;
    counts.set(name, [Number(calls), Number(errors ?? 0)]);
  }
  return counts;
}

const COMMANDS: string[][] = [
  ["true"],
  ["dd", "if=/dev/zero", "of=/dev/null", "bs=1", "count=1000"],
];

for (const argv of COMMANDS) {
  testWith(`observe() counts what strace -f -c counts of ${argv.join(" ")}`, [
    perfEvents,
    tool("strace"),
  ], async () => {
    using observation = observe(argv[0]!, {
      args: argv.slice(1),
      stderr: "null",
      stdout: "null",
    });
    const counted = (await count(observation)).calls()
      .filter(({ calls }) => calls > 0)
      .map(({ name, calls, errors }) => [name, [calls, errors]] as const);
    assertEquals(observation.lost, 0);
    assertEquals(
      Object.fromEntries(counted),
      Object.fromEntries(straceCounts(argv)),
    );
  });
}

testWith("observe() loses none of four million events at the default size", [
  perfEvents,
], async () => {
  const summary = new Summary();
  using observation = observe("dd", {
    args: ["if=/dev/zero", "of=/dev/null", "bs=1", "count=1000000"],
    stderr: "null",
  });
  for await (const batch of observation) summary.add(batch);
  const calls = new Map(summary.calls().map((it) => [it.name, it.calls]));
  assertEquals(observation.lost, 0);
  assertEquals(calls.get("read"), 1_000_003);
});
