import { assert, assertEquals, assertThrows } from "@std/assert";
import { readFile, SystemError } from "@procctl/libc";
import { noNewPrivileges, seccomp } from "@procctl/spawn/steps";
import { syscallNumber } from "@procctl/syscalls";
import { kernel, root, TemporaryFolder, testWith } from "@procctl/testing";
import * as ptrace from "@procctl/ptrace/requests";
import { CODE, Tracee, writeProgram } from "./_testing.ts";

const NATIVE = Deno.build.arch === "x86_64"
  ? ptrace.AUDIT_ARCH_X86_64
  : ptrace.AUDIT_ARCH_AARCH64;

/** A filter that traces one call, with data 42, and allows all others. */
function tracing(nr: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    Uint16Array.of(
      ...[0x20, 0, 0, 0], // load the number
      ...[0x15, 0x100, nr, 0], // is it that one? then go on, else one further
      ...[0x06, 0, 42, 0x7ff0], // SECCOMP_RET_TRACE | 42
      ...[0x06, 0, 0, 0x7fff], // SECCOMP_RET_ALLOW
    ).buffer,
  );
}

Deno.test("geteventmsg() tells the child of a fork, the former task of an exec, the status of an exit", () => {
  using child = new Tracee(["/bin/sh", "-c", "/bin/true & wait; exit 3"], {
    options: ptrace.PTRACE_O_TRACEFORK | ptrace.PTRACE_O_TRACEEXIT,
  });
  assertEquals(ptrace.geteventmsg(child.pid), child.pid);
  const status = child.next();
  assertEquals(
    status.kind === "event" && status.event,
    ptrace.PTRACE_EVENT_FORK,
  );
  const forked = ptrace.geteventmsg(child.pid);
  assertEquals(ptrace.waitFor(forked).kind, "event");
  ptrace.detach(forked);
  const next = child.next();
  // The child's end comes with SIGCHLD.
  assertEquals(next.kind === "stopped" && next.signal, 17);
  const exit = child.next(ptrace.cont, 17);
  assertEquals(exit.kind === "event" && exit.event, ptrace.PTRACE_EVENT_EXIT);
  assertEquals(ptrace.geteventmsg(child.pid), 3 << 8);
});

Deno.test("getSyscallInfo() tells what call a task makes, and what it returns", () => {
  using folder = new TemporaryFolder();
  const program = folder.write("write", writeProgram(), 0o755);
  using child = new Tracee([program], { stdout: folder.join("out") });
  const info = new ptrace.SyscallInfo();
  assertEquals(ptrace.getSyscallInfo(child.pid, info), info);
  assertEquals(info.kind, "none");
  child.next(ptrace.syscall);
  child.next(ptrace.syscall);
  ptrace.getSyscallInfo(child.pid, info);
  assertEquals(
    [info.op, info.kind, info.arch, info.nr],
    [1, "entry", NATIVE, syscallNumber("write")],
  );
  assertEquals([...info.args.slice(0, 3)], [1n, CODE, 5n]);
  assertEquals(info.argNumber(1), Number(CODE));
  const regs = ptrace.getregs(child.pid);
  assertEquals(info.instructionPointer, regs.instructionPointer);
  assertEquals(info.stackPointer, regs.stackPointer);
  child.next(ptrace.syscall);
  ptrace.getSyscallInfo(child.pid, info);
  assertEquals(
    [info.kind, info.rval, info.rvalNumber, info.isError],
    ["exit", 5n, 5, false],
  );
});

testWith(
  "setSyscallInfo() changes arguments, and what a call returns",
  [kernel(6, 16)],
  () => {
    using folder = new TemporaryFolder();
    const program = folder.write("write", writeProgram(), 0o755);
    const stdout = folder.join("out");
    using child = new Tracee([program], { stdout });
    const info = new ptrace.SyscallInfo();
    child.next(ptrace.syscall);
    child.next(ptrace.syscall);
    ptrace.getSyscallInfo(child.pid, info);
    info.args[2] = 3n;
    ptrace.setSyscallInfo(child.pid, info);
    child.next(ptrace.syscall);
    ptrace.getSyscallInfo(child.pid, info);
    assertEquals(info.rval, 3n);
    info.rval = 77n;
    ptrace.setSyscallInfo(child.pid, info);
    assertEquals(child.next(), { kind: "exited", pid: child.pid, code: 77 });
    assertEquals(readFile(stdout).length, 3);
  },
);

testWith(
  "setSyscallInfo() skips a call whose number is made -1, and makes others fail",
  [kernel(6, 16)],
  () => {
    using folder = new TemporaryFolder();
    const program = folder.write("write", writeProgram(), 0o755);
    const stdout = folder.join("out");
    using child = new Tracee([program], { stdout });
    const info = new ptrace.SyscallInfo();
    child.next(ptrace.syscall);
    child.next(ptrace.syscall);
    ptrace.getSyscallInfo(child.pid, info);
    info.nr = -1;
    ptrace.setSyscallInfo(child.pid, info);
    child.next(ptrace.syscall);
    ptrace.getSyscallInfo(child.pid, info);
    assertEquals([info.rvalNumber, info.isError], [-38, true]);
    info.rval = -9n;
    ptrace.setSyscallInfo(child.pid, info);
    assertEquals(child.next(), {
      ...{ kind: "exited", pid: child.pid, code: 256 - 9 },
    });
    assertEquals(readFile(stdout).length, 0);
  },
);

Deno.test("a filter's stop has the call and the data of the filter", () => {
  using folder = new TemporaryFolder();
  const program = folder.write("write", writeProgram(), 0o755);
  const nr = syscallNumber("write")!;
  using child = new Tracee([program], {
    options: ptrace.PTRACE_O_TRACESECCOMP | ptrace.PTRACE_O_TRACESYSGOOD,
    steps: [noNewPrivileges(), seccomp(tracing(nr))],
  });
  const status = child.next();
  assertEquals(
    status.kind === "event" && status.event,
    ptrace.PTRACE_EVENT_SECCOMP,
  );
  assertEquals(ptrace.geteventmsg(child.pid), 42);
  const info = ptrace.getSyscallInfo(child.pid);
  assertEquals([info.kind, info.nr, info.retData], ["seccomp", nr, 42]);
  assertEquals(info.args[2], 5n);
  assertEquals(child.next().kind, "exited");
});

testWith(
  "seccompGetFilter() reads a filter as it was put in, seccompGetMetadata() its flags",
  [root],
  () => {
    using folder = new TemporaryFolder();
    const program = folder.write("write", writeProgram(), 0o755);
    const filter = tracing(1000);
    using child = new Tracee([program], { steps: [seccomp(filter)] });
    try {
      assertEquals(ptrace.seccompGetFilter(child.pid, 0), filter);
      assertEquals(ptrace.seccompGetMetadata(child.pid, 0), 0);
    } catch (error) {
      // A kernel without CONFIG_CHECKPOINT_RESTORE.
      assert(
        error instanceof SystemError && /EINVAL|EIO/.test(error.code),
        `${error}`,
      );
      return;
    }
    assertThrows(
      () => ptrace.seccompGetFilter(child.pid, 1),
      SystemError,
      "there is no such filter: ENOENT",
    );
  },
);

testWith(
  "getRseqConfiguration() is empty at the exec, and glibc's afterwards",
  [kernel(5, 13)],
  () => {
    using child = new Tracee(["/bin/sh", "-c", "kill -USR1 $$"]);
    const { size: sizeOfNone, ...none } = ptrace.getRseqConfiguration(
      child.pid,
    );
    assertEquals(none, { pointer: 0n, signature: 0, flags: 0 });
    // Kernels before Linux 6.3 tell a size all the same.
    assert(sizeOfNone === 0 || sizeOfNone === 32, `${sizeOfNone} bytes`);
    child.next();
    const { pointer, size, signature } = ptrace.getRseqConfiguration(child.pid);
    // Since glibc 2.35; what it wrote there tells that it is used.
    if (pointer !== 0n) assert(size >= 32 && signature !== 0);
  },
);

testWith(
  "setSyscallUserDispatchConfig() sets what getSyscallUserDispatchConfig() reads",
  [kernel(6, 4)],
  () => {
    using child = new Tracee(["/bin/true"]);
    const off = { mode: 0n, selector: 0n, offset: 0n, length: 0n };
    try {
      assertEquals(ptrace.getSyscallUserDispatchConfig(child.pid), off);
    } catch (error) {
      // An architecture without it.
      assert(
        error instanceof SystemError && /EINVAL|EIO/.test(error.code),
        `${error}`,
      );
      return;
    }
    const on = { mode: 1n, selector: 0n, offset: 0x1000n, length: 0x2000n };
    ptrace.setSyscallUserDispatchConfig(child.pid, on);
    assertEquals(ptrace.getSyscallUserDispatchConfig(child.pid), on);
    ptrace.setSyscallUserDispatchConfig(child.pid, off);
    assertEquals(child.next().kind, "exited");
  },
);
