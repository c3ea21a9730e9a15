import { assert, assertEquals } from "@std/assert";
import { scenario } from "./_testing_tracees.ts";
import { Tracer, type TracerEvent, type TracerSpawnOptions } from "./mod.ts";
import { tracees } from "./_tracees.ts";

/** What pause(3) calls: aarch64 has no call for it alone. */
export const PAUSE = Deno.build.arch === "x86_64" ? "pause" : "ppoll";

/** What is done about an event, before it is put down. */
export type OnEvent = (event: TracerEvent, tracer: Tracer) => void;

/** What a trace told. */
export interface Told {
  /** Copies of the events. */
  events: TracerEvent[];
  tracer: Tracer;
}

/** Traces a scenario of `_testing_tracees.c` to its end. */
export function play(
  command: string,
  options: TracerSpawnOptions = {},
  onEvent: OnEvent = () => {},
): Told {
  return trace(argvOf(command), options, onEvent);
}

/** The program and the arguments of a scenario: `"threads 8 50"`. */
export function argvOf(command: string): [string, ...string[]] {
  const [name, ...args] = command.split(" ");
  return scenario(name!, ...args);
}

/** Traces a program to its end. */
export function trace(
  [command, ...args]: [string, ...string[]],
  options: TracerSpawnOptions = {},
  onEvent: OnEvent = () => {},
): Told {
  const quiet = { stdout: "null", stderr: "null" } as const;
  const tracer = Tracer.spawn(command, { args, ...quiet, ...options });
  const events: TracerEvent[] = [];
  for (const event of tracer) {
    onEvent(event, tracer);
    events.push(event.copy());
  }
  const { syscalls = ["execve"] } = options;
  checkStory(events, tracer.pid, syscalls.includes("execve"));
  return { events, tracer };
}

/**
 * Checks what holds of each trace: a task is new, enters and leaves calls by
 * turns, and ends; its end tells of the call that it did not leave.
 */
export function checkStory(
  events: readonly TracerEvent[],
  root: number,
  isExecTold = true,
): void {
  const first = isExecTold ? "execve" : undefined;
  const calls = new Map<number, string | undefined>([[root, first]]);
  for (const event of events) {
    const { kind, tid } = event;
    if (kind === "new-task") {
      assert(!calls.has(tid), `${tid} is new once`);
      calls.set(tid, undefined);
      continue;
    }
    assert(calls.has(tid), `${tid} is known at ${inShort(event)}`);
    const call = calls.get(tid);
    if (kind === "syscall-enter") {
      assertEquals(call, undefined, inShort(event));
      calls.set(tid, event.name);
    } else if (kind === "syscall-exit") {
      assertEquals(event.name, call);
      calls.set(tid, undefined);
    } else if (kind === "exec") {
      const { formerTid } = event;
      const own = calls.get(formerTid);
      calls.delete(formerTid);
      calls.set(tid, own);
    } else if (kind === "exit") {
      assertEquals(event.unfinished, call);
      calls.delete(tid);
    }
  }
  assertEquals(calls.size, 0, "every task ends");
}

/** The events of one kind. */
export function only<Kind extends TracerEvent["kind"]>(
  events: readonly TracerEvent[],
  kind: Kind,
): Extract<TracerEvent, { kind: Kind }>[] {
  return events.filter((event) => event.kind === kind) as Extract<
    TracerEvent,
    { kind: Kind }
  >[];
}

/** The entries and exits of one system call. */
export function callsOf(
  events: readonly TracerEvent[],
  name: string,
): Extract<TracerEvent, { kind: "syscall-enter" | "syscall-exit" }>[] {
  return [...only(events, "syscall-enter"), ...only(events, "syscall-exit")]
    .filter((event) => event.name === name);
}

/** An event in short, without the number of its task. */
export function inShort(event: TracerEvent): string {
  switch (event.kind) {
    case "syscall-enter":
      return `> ${event.name}`;
    case "syscall-exit":
      return `< ${event.name} ${event.restart ?? event.errno ?? event.result}`;
    case "signal":
    case "group-stop":
      return `${event.kind} ${event.signal}`;
    case "exec":
      return "exec";
    case "new-task":
      return `new-task ${event.how}`;
    case "exit":
      return `exit ${event.signal ?? event.code}`;
  }
}

/**
 * The tasks that this thread traces, and did not before: what earlier tests have
 * left may end at any time.
 */
export function traceesSince(before: readonly number[]): number[] {
  return tracees().filter((tid) => !before.includes(tid));
}
