import { assertEquals, assertThrows } from "@std/assert";
import { SystemError } from "@procctl/libc";
import { ChildProgram } from "@procctl/spawn/child-program";
import { chdir, exec, traceme } from "@procctl/spawn/steps";
import { patience, run, runDeno } from "@procctl/testing";
import * as ptrace from "@procctl/ptrace/requests";
import { readStatus } from "./_proc_status.ts";

Deno.test("startTraced() stops a program at its exec, before its first instruction", () => {
  const pid = ptrace.startTraced(["/bin/sh", "-c", "exit 3"]);
  assertEquals(ptrace.getsiginfo(pid).code >> 8, ptrace.PTRACE_EVENT_EXEC);
  ptrace.cont(pid);
  assertEquals(ptrace.waitFor(pid), { kind: "exited", pid, code: 3 });
});

Deno.test("startTraced() says which step failed", () => {
  assertThrows(
    () => ptrace.startTraced(["/nonexistent"]),
    SystemError,
    'Cannot execute "/nonexistent": No such file or directory: ENOENT',
  );
  assertThrows(
    () => ptrace.startTraced(["/etc/passwd"]),
    SystemError,
    "EACCES",
  );
  const program = new ChildProgram()
    .add(chdir("/nonexistent"), exec("/bin/true", ["true"]));
  assertThrows(
    () => ptrace.startTraced(program),
    SystemError,
    'Cannot change to the directory "/nonexistent"',
  );
  assertThrows(
    () => ptrace.startTraced(["/bin/true"], 1 << 30),
    SystemError,
    "there are no such options: EIO",
  );
});

Deno.test("startTraced() that fails leaves no child, and no descriptor open", () => {
  const { stdout } = runDeno(`
    import { readDirectory } from "@procctl/libc";
    import * as ptrace from "@procctl/ptrace/requests";
    import { ChildProgram } from "@procctl/spawn/child-program";
    import { chdir, exec } from "@procctl/spawn/steps";
    import { settleDeno } from "@procctl/testing";

    const steps = [chdir("/nonexistent"), exec("/bin/true", ["true"])];
    const attempts = [
      () => ptrace.startTraced(["/nonexistent"]),
      () => ptrace.startTraced(["/etc/passwd"]),
      () => ptrace.startTraced(new ChildProgram().add(...steps)),
      () => ptrace.startTraced(["/bin/true"], 1 << 30),
      () => ptrace.waitForAny(new Set([1, 2])),
    ];
    const codeOf = (attempt) => {
      try { attempt(); } catch (error) { return error.code; }
    };
    const count = () => readDirectory("/proc/self/fd").length;
    settleDeno();
    attempts.map(codeOf);
    const before = count();
    console.log(attempts.map(codeOf).join(), count() - before);
  `);
  assertEquals(stdout, "ENOENT,EACCES,ENOENT,EIO,ECHILD 0\n");
});

Deno.test("startTraced() kills its tracees with their tracer", () => {
  const pid = leaveBehind("");
  const end = performance.now() + patience(5000);
  while (isAlive(pid) && performance.now() < end);
  assertEquals(isAlive(pid), false);
});

Deno.test("startTraced() leaves its tracees alive without PTRACE_O_EXITKILL", () => {
  const pid = leaveBehind(", 0");
  assertEquals(isAlive(pid), true);
  run(["/bin/kill", String(pid)]);
});

/** Starts a tracee in a program that then ends. */
function leaveBehind(options: string): number {
  const { stdout } = runDeno(`
    import * as ptrace from "@procctl/ptrace/requests";

    const pid = ptrace.startTraced(["/bin/sleep", "20"]${options});
    ptrace.cont(pid);
    console.log(pid);
  `);
  return Number(stdout);
}

/** Whether a task is there, and has not ended. */
function isAlive(pid: number): boolean {
  const state = readStatus(pid)?.state ?? "Z";
  return state !== "Z" && state !== "X";
}

Deno.test("traceme() stops a child at its exec with SIGTRAP, and not before", () => {
  using child = new ChildProgram()
    .add(traceme(), exec("/bin/sh", ["sh", "-c", "exit 3"]))
    .startAtGate();
  const { pid } = child;
  assertEquals(ptrace.waitFor(pid, ptrace.WNOHANG).kind, "still-alive");
  child.open();
  assertEquals(ptrace.waitFor(pid), { kind: "stopped", pid, signal: 5 });
  child.executed();
  ptrace.cont(pid);
  assertEquals(ptrace.waitFor(pid), { kind: "exited", pid, code: 3 });
});
