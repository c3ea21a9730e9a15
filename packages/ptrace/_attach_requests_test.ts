import { assertEquals, assertThrows } from "@std/assert";
import { SystemError } from "@procctl/libc";
import * as ptrace from "@procctl/ptrace/requests";
import { Tracee } from "./_testing.ts";
import { readStatus } from "./_proc_status.ts";

const SIGKILL = 9;
const SIGSTOP = 19;
const SIGTRAP = 5;

/** A child that nobody traces, its exec well over: that could stop it too. */
function sleeper(): number {
  const pid = ptrace.startTraced(["/bin/sleep", "20"]);
  ptrace.detach(pid);
  return pid;
}

function end(pid: number): void {
  ptrace.kill(pid);
  assertEquals(ptrace.waitFor(pid).kind, "signaled");
}

Deno.test("seize() does not stop a task, interrupt() does", () => {
  const pid = sleeper();
  ptrace.seize(pid, ptrace.PTRACE_O_EXITKILL);
  assertEquals(ptrace.waitFor(pid, ptrace.WNOHANG).kind, "still-alive");
  ptrace.interrupt(pid);
  assertEquals(ptrace.waitFor(pid), {
    kind: "event",
    pid,
    event: ptrace.PTRACE_EVENT_STOP,
    signal: SIGTRAP,
  });
  end(pid);
});

Deno.test("attach() stops a task with SIGSTOP, and interrupt() is not for it", () => {
  const pid = sleeper();
  ptrace.attach(pid);
  assertEquals(ptrace.waitFor(pid), { kind: "stopped", pid, signal: SIGSTOP });
  assertThrows(
    () => ptrace.interrupt(pid),
    SystemError,
    `Cannot request PTRACE_INTERRUPT of task ${pid}: it was attached, not seized: EIO`,
  );
  end(pid);
});

Deno.test("detach() lets a task go on by itself, with the signal that it is given", () => {
  const script = "trap 'exit 4' TERM; kill -USR1 $$; exit 3";
  for (const [signal, code] of [[0, 3], ["SIGTERM", 4]] as const) {
    using child = new Tracee(["/bin/sh", "-c", script]);
    child.next();
    ptrace.detach(child.pid, signal);
    assertEquals(ptrace.waitFor(child.pid), {
      ...{ kind: "exited", pid: child.pid, code },
    });
  }
});

Deno.test("setoptions() sets what a task stops at, and takes away the rest", () => {
  using child = new Tracee(["/bin/true"]);
  ptrace.setoptions(child.pid, ptrace.PTRACE_O_EXITKILL);
  // Without PTRACE_O_TRACESYSGOOD it is SIGTRAP that a call stops with.
  assertEquals(child.next(ptrace.syscall).kind, "stopped");
  ptrace.setoptions(
    child.pid,
    ptrace.PTRACE_O_TRACESYSGOOD | ptrace.PTRACE_O_EXITKILL,
  );
  assertEquals(child.next(ptrace.syscall).kind, "syscall-stop");
  assertThrows(
    () => ptrace.setoptions(child.pid, 1 << 30),
    SystemError,
    "there are no such options: EINVAL",
  );
});

Deno.test("kill() ends a task", () => {
  using child = new Tracee(["/bin/sleep", "20"]);
  ptrace.kill(child.pid);
  const status = ptrace.waitFor(child.pid);
  assertEquals(status.kind === "signaled" && status.signal, SIGKILL);
});

Deno.test("listen() leaves a task in its group-stop, cont() would not", () => {
  using child = new Tracee(["/bin/sh", "-c", "kill -STOP $$; exit 5"]);
  assertThrows(
    () => ptrace.listen(child.pid),
    SystemError,
    "it was attached, not seized, or is in no group-stop: EIO",
  );
  assertEquals(child.next(), {
    ...{ kind: "stopped", pid: child.pid, signal: SIGSTOP },
  });
  const stopped = child.next(ptrace.cont, SIGSTOP);
  assertEquals(stopped, {
    kind: "event",
    pid: child.pid,
    event: ptrace.PTRACE_EVENT_STOP,
    signal: SIGSTOP,
  });
  ptrace.listen(child.pid);
  const { kind } = ptrace.waitFor(child.pid, ptrace.WNOHANG);
  assertEquals([kind, readStatus(child.pid)!.state], ["still-alive", "t"]);
  assertThrows(
    () => ptrace.getregs(child.pid),
    SystemError,
    "it is dying, or was left to listen for the end of a group-stop: ESRCH",
  );
});
