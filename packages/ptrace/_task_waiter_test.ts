import { assert, assertEquals } from "@std/assert";
import { lazySymbols } from "@procctl/libc";
import { readStatus } from "./_proc_status.ts";
import { Task } from "./_task.ts";
import { NOTHING, TaskWaiter } from "./_task_waiter.ts";
import { until } from "./_testing_running.ts";
import * as ptrace from "./requests.ts";

const libc = lazySymbols({
  // int kill(pid_t pid, int sig)
  kill: { parameters: ["i32", "i32"], result: "i32" },
});

const SIGKILL = 9;
const SYSCALL_STOP = 0x857f;

/** Starts a program, up to its first stop at a system call, and looks at that. */
function look(): { pid: number; waiter: TaskWaiter } {
  const options = ptrace.PTRACE_O_TRACESYSGOOD | ptrace.PTRACE_O_EXITKILL;
  const pid = ptrace.startTraced(["/bin/true"], options);
  const tasks = new Map([[pid, new Task(pid, pid)]]);
  const waiter = new TaskWaiter(tasks, () => false, () => false);
  ptrace.syscall(pid);
  assertEquals(waiter.wait(() => pid), pid);
  assertEquals(waiter.status, SYSCALL_STOP);
  return { pid, waiter };
}

function kill(pid: number): void {
  assertEquals(libc.kill(pid, SIGKILL), 0);
}

Deno.test("a stop that was taken is not found again", () => {
  const { pid, waiter } = look();
  assertEquals(waiter.poll(), pid);
  waiter.take(pid);
  assertEquals(waiter.status, SYSCALL_STOP);
  assertEquals(waiter.poll(), NOTHING);
  kill(pid);
  assertEquals(waiter.wait(() => pid), pid);
  waiter.reap(pid, null);
});

Deno.test("the end of a task that was killed at its stop is not taken with it", async () => {
  const { pid, waiter } = look();
  kill(pid);
  await until(() => readStatus(pid)?.state === "Z");
  waiter.take(pid);
  assertEquals(waiter.status, SYSCALL_STOP);
  assertEquals(waiter.poll(), pid);
  assertEquals(waiter.status, SIGKILL);
  waiter.reap(pid, null);
  assert(readStatus(pid) === undefined);
});
