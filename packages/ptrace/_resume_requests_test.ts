import { assert, assertEquals, assertThrows } from "@std/assert";
import { readFile, SystemError } from "@procctl/libc";
import { syscallNumber } from "@procctl/syscalls";
import { TemporaryFolder } from "@procctl/testing";
import * as ptrace from "@procctl/ptrace/requests";
import { CODE, loopProgram, Tracee, writeProgram } from "./_testing.ts";

const SIGILL = 4;
const SIGTRAP = 5;
const SIGSEGV = 11;

/** Starts a loop of a few instructions, past the end of its exec. */
function startLoop(folder: TemporaryFolder): Tracee {
  const child = new Tracee([folder.write("loop", loopProgram(), 0o755)]);
  // The exec's own exit is the first thing that follows the stop at the exec.
  assertEquals(child.next(ptrace.syscall).kind, "syscall-stop");
  return child;
}

Deno.test("cont() lets a task go on to its end, or to the next signal", () => {
  using child = new Tracee(["/bin/sh", "-c", "kill -USR1 $$; exit 3"]);
  assertEquals(child.next(), { kind: "stopped", pid: child.pid, signal: 10 });
  assertEquals(child.next(), { kind: "exited", pid: child.pid, code: 3 });
});

Deno.test("cont() delivers a signal given by its number or its name", () => {
  for (const signal of [15, "SIGTERM"] as const) {
    using child = new Tracee(["/bin/sh", "-c", "kill -USR1 $$; exit 3"]);
    child.next();
    ptrace.cont(child.pid, signal);
    const status = ptrace.waitFor(child.pid);
    assertEquals(status.kind === "signaled" && status.signal, 15);
  }
});

Deno.test("singlestep() executes one instruction at a time", () => {
  using folder = new TemporaryFolder();
  using child = startLoop(folder);
  const places: number[] = [];
  for (let i = 0; i < 4; i++) {
    const { instructionPointer } = ptrace.getregs(child.pid);
    places.push(Number(instructionPointer - CODE));
    assertEquals(child.next(ptrace.singlestep), {
      ...{ kind: "stopped", pid: child.pid, signal: SIGTRAP },
    });
  }
  const expected = Deno.build.arch === "x86_64" ? [0, 5, 6, 8] : [0, 4, 8, 12];
  assertEquals(places, expected);
});

Deno.test("syscall() stops a task at the entry of a system call and at its exit", () => {
  using folder = new TemporaryFolder();
  using child = startLoop(folder);
  assertEquals(ptrace.getSyscallInfo(child.pid).kind, "exit");
  assertEquals(child.next(ptrace.syscall).kind, "syscall-stop");
  const info = ptrace.getSyscallInfo(child.pid);
  assertEquals([info.kind, info.nr], ["entry", syscallNumber("exit")!]);
  assertEquals(child.next(ptrace.syscall).kind, "exited");
});

Deno.test("sysemu() stops a task at a system call, which is not made", () => {
  using folder = new TemporaryFolder();
  const stdout = folder.join("out");
  const program = folder.write("write", writeProgram(), 0o755);
  using child = new Tracee([program], { stdout });
  child.next(ptrace.syscall); // the exit of the exec
  assertEquals(child.next(ptrace.sysemu).kind, "syscall-stop");
  assertEquals(ptrace.getSyscallInfo(child.pid).nr, syscallNumber("write"));
  const regs = ptrace.getregs(child.pid);
  regs.returnValue = 42n;
  ptrace.setregs(child.pid, regs);
  assertEquals(child.next(), { kind: "exited", pid: child.pid, code: 42 });
  assertEquals(readFile(stdout).length, 0);
});

Deno.test("sysemuSinglestep() executes instructions, but no system call", () => {
  using folder = new TemporaryFolder();
  using child = startLoop(folder);
  const info = new ptrace.SyscallInfo();
  let steps = 0;
  while (child.next(ptrace.sysemuSinglestep).kind === "stopped") steps++;
  ptrace.getSyscallInfo(child.pid, info);
  assertEquals([info.kind, info.nr], ["entry", syscallNumber("exit")!]);
  assert(steps > 9, `${steps} steps`);
  // The exit was not made: the program runs on, into zeros. These are an
  // instruction on x86_64, which writes to address 0, and none on aarch64.
  const status = child.next();
  const signal = Deno.build.arch === "x86_64" ? SIGSEGV : SIGILL;
  assertEquals(status.kind === "stopped" && status.signal, signal);
});

Deno.test("singleblock() executes instructions up to a branch, or says why not", () => {
  if (Deno.build.arch !== "x86_64") {
    assertThrows(() => ptrace.singleblock(1), Deno.errors.NotSupported);
    return;
  }
  using folder = new TemporaryFolder();
  using child = startLoop(folder);
  try {
    ptrace.singleblock(child.pid);
  } catch (error) {
    // Virtual machines seldom have it.
    assert(error instanceof SystemError && error.code === "EIO", `${error}`);
    return;
  }
  const status = ptrace.waitFor(child.pid);
  assertEquals(status.kind === "stopped" && status.signal, SIGTRAP);
});

Deno.test("requests refuse tasks and signals that there cannot be, before any system call", () => {
  for (const tid of [0, -1, 1.5, NaN, 2 ** 31]) {
    assertThrows(() => ptrace.cont(tid), RangeError, `Cannot use ${tid}`);
  }
  assertThrows(() => ptrace.cont(1, 65), RangeError, "Cannot use 65");
  assertThrows(() => ptrace.cont(1, -1), RangeError, "Cannot use -1");
  assertThrows(() => ptrace.cont(1, "SIGNONE" as "SIGHUP"), TypeError);
});
