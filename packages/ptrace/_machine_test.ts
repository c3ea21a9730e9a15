import { assertEquals } from "@std/assert";
import { Machine, type StopFacts } from "./_machine.ts";
import { Task } from "./_task.ts";

// Sequences as the kernel gave them, here and in what strace's users reported.
const SYSCALL = 0x857f;
const EVENT_STOP = 0x80057f;
const FORK = 0x1057f;
const VFORK = 0x2057f;
const CLONE = 0x3057f;
const EXEC = 0x4057f;
const SECCOMP = 0x7057f;
const ENTRY = 1;
const EXIT = 2;

/** One thing that is fed to the machine, and what else the kernel would say. */
type Step = [tid: number, status: number, fact?: number | undefined];

/** Runs a sequence of a process 10; messages and kinds of stops are given. */
function run(
  steps: Step[],
  options: {
    threadsOnly?: boolean;
    /** The process of tasks that are threads. */
    threads?: Record<number, number>;
    /** The numbers of tasks from the beginning on. */
    tids?: number[];
    /** The numbers of tasks that were found early. */
    early?: number[];
  } = {},
): { told: string[]; machine: Machine } {
  let fact: number | undefined;
  const facts: StopFacts = {
    syscallStop: () => fact,
    message: () => fact,
    processOf: (tid) => options.threads?.[tid] ?? tid,
  };
  const machine = new Machine(facts, {
    threadsOnly: options.threadsOnly ?? false,
  });
  for (const tid of options.tids ?? [10]) machine.add(tid, 10);
  for (const tid of options.early ?? []) machine.addEarly(tid, 10);
  const told = steps.map(([tid, status, value]) => {
    fact = value;
    const task = machine.tasks.get(tid);
    if (task === undefined) return `${tid} unknown`;
    return `${tid} ${describe(machine, task, status)}`;
  });
  return { told, machine };
}

function describe(machine: Machine, task: Task, status: number): string {
  const outcome = machine.step(task, status);
  switch (outcome) {
    case "signal":
    case "group-stop":
      return `${outcome} ${task.signal}`;
    case "exec":
      return `${outcome} ${machine.formerTid}`;
    case "new-task": {
      const { task: made, how } = machine.birth!;
      return `${outcome} ${how} ${made.tid} ${made.pid}`;
    }
    default:
      return outcome;
  }
}

Deno.test("a system call is told at its entry and its exit, whichever comes first", () => {
  const { told } = run([
    [10, SYSCALL, EXIT], // attached in the middle of a call
    [10, SYSCALL, ENTRY],
    [10, SYSCALL, EXIT],
    [10, SYSCALL, EXIT], // two in a row, as tracexec has seen
    [10, SYSCALL, 0],
  ]);
  assertEquals(told, [
    "10 syscall-exit",
    "10 syscall-enter",
    "10 syscall-exit",
    "10 syscall-exit",
    "10 resume",
  ]);
});

Deno.test("a filter's stop is the entry of a system call", () => {
  const { told, machine } = run([[10, SECCOMP, 3]]);
  assertEquals(told, ["10 syscall-enter"]);
  assertEquals(machine.tasks.get(10)?.inCall, true);
});

Deno.test("SIGTRAP of a program is a signal, not a system call", () => {
  assertEquals(run([[10, 0x057f]]).told, ["10 signal 5"]);
});

Deno.test("a real-time signal keeps its number", () => {
  assertEquals(run([[10, 0x257f], [10, 0x207f], [10, 0x407f]]).told, [
    "10 signal 37",
    "10 signal 32",
    "10 signal 64",
  ]);
});

Deno.test("a stop by a signal is told as the signal, then as the stop, until SIGCONT", () => {
  // raise(SIGSTOP), and SIGCONT from elsewhere
  const { told, machine } = run([
    [10, 0x137f],
    [10, 0x80137f],
    [10, EVENT_STOP],
    [10, 0x127f],
  ]);
  assertEquals(told, [
    "10 signal 19",
    "10 group-stop 19",
    "10 resume",
    "10 signal 18",
  ]);
  assertEquals(machine.tasks.get(10)?.state, "stopped");
});

Deno.test("SIGTSTP, SIGTTIN and SIGTTOU stop a group too", () => {
  assertEquals(run([[10, 0x80147f], [10, 0x80157f], [10, 0x80167f]]).told, [
    "10 group-stop 20",
    "10 group-stop 21",
    "10 group-stop 22",
  ]);
});

Deno.test("a new task is told before anything else of it", () => {
  const { told } = run([
    [11, EVENT_STOP], // before its parent's stop: left alone until then
    [10, FORK, 11],
    [11, EVENT_STOP],
    [11, SYSCALL, EXIT],
    [11, 0x0300],
    [10, 0x0000],
  ]);
  assertEquals(told, [
    "11 unknown",
    "10 new-task fork 11 11",
    "11 resume",
    "11 syscall-exit",
    "11 exit",
    "10 exit",
  ]);
});

Deno.test("a thread belongs to the process that made it", () => {
  assertEquals(run([[10, CLONE, 11]], { threads: { 11: 10 } }).told, [
    "10 new-task clone 11 10",
  ]);
});

Deno.test("a child of vfork(2) may end before its parent goes on", () => {
  const { told } = run([
    [10, VFORK, 11],
    [11, EVENT_STOP],
    [11, SYSCALL, ENTRY],
    [11, 0x0200],
    [10, SYSCALL, EXIT],
  ]);
  assertEquals(told.slice(3), ["11 exit", "10 syscall-exit"]);
});

Deno.test("where only threads are followed a new process is left alone at its first stop", () => {
  const { told, machine } = run(
    [[10, CLONE, 11], [11, EVENT_STOP], [10, CLONE, 12], [12, 0x0009]],
    { threadsOnly: true },
  );
  assertEquals(told, [
    "10 unwanted-task",
    "11 leave",
    "10 unwanted-task",
    "12 dies",
  ]);
  assertEquals([...machine.tasks.keys()], [10, 11]);
});

Deno.test("a thread that executes a program becomes its process, and goes on with its call", () => {
  const { told, machine } = run([
    [10, SYSCALL, ENTRY], // pause()
    [12, SYSCALL, ENTRY], // pause()
    [11, SYSCALL, ENTRY], // execve()
    [12, 0x0000],
    [10, EXEC, 11],
    [10, SYSCALL, EXIT],
    [10, 0x0000],
  ], { tids: [10, 11, 12] });
  assertEquals(told.slice(3), [
    "12 exit",
    "10 exec 11",
    "10 syscall-exit",
    "10 exit",
  ]);
  assertEquals(machine.tasks.size, 0);
});

Deno.test("a thread that executes a program takes the number of a process whose own thread is gone", () => {
  // 10 called pthread_exit(): it is a zombie of which nothing is told
  const { told, machine } = run([
    [10, SYSCALL, ENTRY],
    [11, SYSCALL, ENTRY],
    [10, EXEC, 11],
  ], { tids: [10, 11] });
  assertEquals(told.at(-1), "10 exec 11");
  assertEquals([...machine.tasks.keys()], [10]);
  assertEquals(machine.tasks.get(10)?.inCall, true);
});

Deno.test("a thread that is killed before its exec is told has ended with its process", () => {
  const { machine } = run([
    [11, SYSCALL, ENTRY],
    [10, 0x0009], // which 11 is by now
  ], { tids: [10, 11, 20] });
  const [process, thread] = [10, 11].map((tid) => machine.tasks.get(tid));
  assertEquals(process, undefined);
  assertEquals(machine.lostAtEnd(new Task(10, 10)), thread);
  assertEquals(machine.lostAtEnd(new Task(11, 10)), undefined);
});

Deno.test("a task that was found before its maker told of it is told once", () => {
  const options = { threads: { 11: 10 }, early: [11] };
  const { told, machine } = run([[10, CLONE, 11], [11, EVENT_STOP]], options);
  assertEquals(told, ["10 resume", "11 resume"]);
  assertEquals([...machine.tasks.keys()], [10, 11]);

  const ended = run([[11, 0x0000], [10, CLONE, 11], [10, CLONE, 11]], options);
  assertEquals(ended.told, [
    "11 exit",
    "10 resume",
    "10 new-task clone 11 10", // another one, with the same number
  ]);
});

Deno.test("exit_group(2) ends all threads, in any order, the process last", () => {
  const { told, machine } = run([
    [11, SYSCALL, ENTRY],
    [12, 0x0700],
    [11, 0x0700],
    [10, 0x0700],
  ], { tids: [10, 11, 12] });
  assertEquals(told.slice(1), ["12 exit", "11 exit", "10 exit"]);
  assertEquals(machine.tasks.size, 0);
});

Deno.test("a death by a signal ends a task at any stop", () => {
  const { told, machine } = run([
    [10, SYSCALL, ENTRY],
    [10, 0x008b], // SIGSEGV, with a core file
  ]);
  assertEquals(told, ["10 syscall-enter", "10 exit"]);
  assertEquals(machine.tasks.size, 0);
});

Deno.test("a task that is killed while its stop is looked at only dies", () => {
  const { told } = run([
    [10, SYSCALL, undefined],
    [10, EXEC, undefined],
    [10, FORK, undefined],
    [10, 0x0009],
  ]);
  assertEquals(told, ["10 dies", "10 dies", "10 dies", "10 exit"]);
});

Deno.test("what is no stop of a traced task's own is passed over", () => {
  const VFORK_DONE = 0x5057f;
  assertEquals(run([[10, VFORK_DONE, 11], [10, EVENT_STOP]]).told, [
    "10 resume",
    "10 resume",
  ]);
});
