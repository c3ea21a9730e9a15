import { assertEquals } from "@std/assert";
import { ChromeTrace } from "./chrome_trace.ts";
import type { TimelineEvent } from "./timeline_event.ts";

/** What a viewer reads. */
interface Item {
  ph: string;
  cat?: string;
  name: string;
  ts?: number;
  dur?: number;
  pid: number;
  tid: number;
  id?: number;
  args?: Record<string, string>;
}

function traceOf(...events: TimelineEvent[]): Item[] {
  let json = "";
  const trace = new ChromeTrace((text) => json += text);
  for (const event of events) trace.add(event);
  trace.end();
  return JSON.parse(json);
}

const task = { tid: 7, pid: 7 };

Deno.test("ChromeTrace writes a call as a slice, with its arguments and result", () => {
  const items = traceOf(
    { kind: "enter", ...task, time: 1500, name: "read", args: [3n, 255n] },
    { kind: "exit", ...task, time: 4000, name: "read", result: -11n },
  );
  assertEquals(items, [{
    ph: "X",
    name: "read",
    cat: "syscall,failed",
    ts: 1.5,
    dur: 2.5,
    ...task,
    args: { arguments: "0x3, 0xff", result: "-1 EAGAIN" },
  }]);
});

Deno.test("ChromeTrace shows what the engine has as text instead of numbers", () => {
  const [call] = traceOf(
    {
      kind: "enter",
      ...task,
      time: 0,
      name: "open",
      text: '"/etc"',
      args: [1n],
    },
    { kind: "exit", ...task, time: 1, name: "open", result: 3n },
  );
  assertEquals(call!.args, { arguments: '"/etc"', result: "3" });
});

Deno.test("ChromeTrace lets a call end with its task, or with the trace", () => {
  const items = traceOf(
    { kind: "enter", ...task, time: 0, name: "exit_group" },
    { kind: "enter", tid: 8, pid: 8, time: 1000, name: "pause" },
    { kind: "end", ...task, time: 5000 },
    { kind: "end", tid: 9, pid: 9, time: 9000 },
  );
  assertEquals(
    items.map(({ name, ts, dur, args }) => [name, ts, dur, args?.result]),
    [
      ["exit_group", 0, 5, "(did not return)"],
      ["pause", 1, 8, "(did not return)"],
    ],
  );
});

Deno.test("ChromeTrace ties a task to the one that made it, by a flow", () => {
  const child = { tid: 8, pid: 7 };
  const items = traceOf(
    { kind: "fork", ...task, time: 1000, childTid: 8, childPid: 7 },
    { kind: "enter", ...child, time: 3000, name: "sync" },
    { kind: "exit", ...child, time: 4000, name: "sync", result: 0n },
  );
  assertEquals(
    items.map(({ ph, id, ts, tid }) => [ph, id, ts, tid]),
    [["s", 1, 1, 7], ["f", 1, 3, 8], ["M", undefined, undefined, 8], [
      "X",
      undefined,
      3,
      8,
    ]],
  );
});

Deno.test("ChromeTrace names a process by its program, and keeps an exec's call", () => {
  const items = traceOf(
    { kind: "enter", tid: 8, pid: 7, time: 0, name: "execve" },
    { kind: "exec", ...task, time: 2000, path: "/bin/ls", formerTid: 8 },
    { kind: "exit", ...task, time: 3000, name: "execve", result: 0n },
  );
  assertEquals(items.map(({ ph, name, dur }) => [ph, name, dur]), [
    ["M", "thread_name", undefined],
    ["M", "process_name", undefined],
    ["i", "exec /bin/ls", undefined],
    ["X", "execve", 3],
  ]);
});

Deno.test("ChromeTrace tells what was lost, and pairs nothing across it", () => {
  const items = traceOf(
    { kind: "enter", ...task, time: 0, name: "read" },
    { kind: "lost", ...task, time: 1000, count: 12 },
    { kind: "exit", ...task, time: 2000, name: "read", result: 0n },
  );
  assertEquals(items.map(({ name }) => name), ["12 events lost"]);
});
