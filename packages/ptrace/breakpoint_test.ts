import { assertEquals, assertThrows } from "@std/assert";
import { SystemError } from "@procctl/libc";
import { TemporaryFolder } from "@procctl/testing";
import * as ptrace from "@procctl/ptrace/requests";
import { CODE, loopProgram, NOP, Tracee, writeProgram } from "./_testing.ts";

const SIGTRAP = 5;

function startLoop(folder: TemporaryFolder): Tracee {
  return new Tracee([folder.write("loop", loopProgram(), 0o755)]);
}

Deno.test("a breakpoint is hit each time the program comes by, and stepped over", () => {
  using folder = new TemporaryFolder();
  using child = startLoop(folder);
  using memory = new ptrace.ProcessMemory(child.pid);
  using breakpoint = new ptrace.Breakpoint(memory, NOP);
  for (let i = 0; i < 3; i++) {
    assertEquals(child.next(), {
      ...{ kind: "stopped", pid: child.pid, signal: SIGTRAP },
    });
    assertEquals(breakpoint.hit(child.pid), true);
    assertEquals(ptrace.getregs(child.pid).instructionPointer, NOP);
    assertEquals(breakpoint.stepOver(child.pid).kind, "stopped");
    assertEquals(breakpoint.hit(child.pid), false);
    assertEquals(breakpoint.isSet, true);
  }
  assertEquals(child.next(), { kind: "exited", pid: child.pid, code: 0 });
});

Deno.test("a breakpoint that is removed is gone to the byte, and can be set again", () => {
  using folder = new TemporaryFolder();
  using child = startLoop(folder);
  using memory = new ptrace.ProcessMemory(child.pid);
  const code = memory.read(CODE, 16);
  const breakpoint = new ptrace.Breakpoint(memory, Number(NOP));
  assertEquals(memory.read(CODE, 16) !== code, true);
  child.next();
  assertEquals(breakpoint.hit(child.pid), true);
  breakpoint.remove();
  breakpoint.remove();
  assertEquals(memory.read(CODE, 16), code);
  assertEquals(breakpoint.hit(child.pid), false);
  ptrace.singlestep(child.pid);
  ptrace.waitFor(child.pid);
  breakpoint.set();
  child.next();
  assertEquals(breakpoint.hit(child.pid), true);
  breakpoint[Symbol.dispose]();
  assertEquals(child.next().kind, "exited");
});

Deno.test("registers changed at a breakpoint are what the program goes on with", () => {
  using folder = new TemporaryFolder();
  const program = folder.write("write", writeProgram(), 0o755);
  using child = new Tracee([program]);
  using memory = new ptrace.ProcessMemory(child.pid);
  // Before the last instructions, where the write's result is the status.
  const place = CODE + (Deno.build.arch === "x86_64" ? 0x16n : 0x18n);
  using breakpoint = new ptrace.Breakpoint(memory, place);
  child.next();
  assertEquals(breakpoint.hit(child.pid), true);
  const regs = ptrace.getregs(child.pid);
  assertEquals(regs.returnValue, 5n);
  regs.returnValue = 42n;
  ptrace.setregs(child.pid, regs);
  breakpoint.stepOver(child.pid);
  assertEquals(child.next(), { kind: "exited", pid: child.pid, code: 42 });
});

Deno.test("a SIGTRAP that somebody sent is no hit", () => {
  using child = new Tracee(["/bin/sh", "-c", "kill -TRAP $$"]);
  using memory = new ptrace.ProcessMemory(child.pid);
  using breakpoint = new ptrace.Breakpoint(
    memory,
    ptrace.getregs(child.pid).stackPointer - 4096n,
  );
  assertEquals(child.next(), {
    ...{ kind: "stopped", pid: child.pid, signal: SIGTRAP },
  });
  assertEquals(breakpoint.hit(child.pid), false);
});

Deno.test("a breakpoint can be stepped over to the program's end, and outlive it", () => {
  using folder = new TemporaryFolder();
  const program = folder.write("write", writeProgram(), 0o755);
  using child = new Tracee([program]);
  using memory = new ptrace.ProcessMemory(child.pid);
  // The system call that ends it.
  const place = CODE + (Deno.build.arch === "x86_64" ? 0x1dn : 0x1cn);
  using breakpoint = new ptrace.Breakpoint(memory, place);
  child.next();
  assertEquals(breakpoint.hit(child.pid), true);
  assertEquals(breakpoint.stepOver(child.pid).kind, "exited");
});

Deno.test("a breakpoint cannot be set where nothing is mapped", () => {
  using child = new Tracee(["/bin/true"]);
  using memory = new ptrace.ProcessMemory(child.pid);
  assertThrows(
    () => new ptrace.Breakpoint(memory, 0),
    SystemError,
    "nothing is mapped there: EIO",
  );
});
