import { assertEquals } from "@std/assert";
import { readFile } from "@procctl/libc";
import { kernel, TemporaryFolder, testWith } from "@procctl/testing";
import * as ptrace from "@procctl/ptrace/requests";
import { CODE, Tracee, writeProgram } from "./_testing.ts";

/** What lies below the stack pointer and is a program's all the same. */
const RED_ZONE = 128n;

for (const text of ["no", "what is much longer", ""]) {
  testWith(
    `${text.length} bytes are written in the place of 5, and the program does not notice`,
    [kernel(6, 16)],
    () => {
      using folder = new TemporaryFolder();
      const program = folder.write("write", writeProgram(), 0o755);
      const stdout = folder.join("out");
      using child = new Tracee([program], { stdout });
      const { pid } = child;
      using memory = new ptrace.ProcessMemory(pid);
      const literal = memory.read(CODE, 5);
      const replacement = new TextEncoder().encode(text);

      child.next(ptrace.syscall);
      child.next(ptrace.syscall);
      const info = ptrace.getSyscallInfo(pid);
      assertEquals([info.kind, info.args[2]], ["entry", 5n]);
      const before = ptrace.getregs(pid);
      const scratch = info.stackPointer - RED_ZONE - BigInt(text.length);
      const former = memory.read(scratch, text.length);
      memory.write(scratch, replacement);
      info.args[1] = scratch;
      info.args[2] = BigInt(text.length);
      ptrace.setSyscallInfo(pid, info);

      child.next(ptrace.syscall);
      assertEquals(ptrace.getSyscallInfo(pid).rval, BigInt(text.length));
      // The registers of the arguments are the program's own.
      before.returnValue = 5n;
      ptrace.setregs(pid, before);
      memory.write(scratch, former);
      assertEquals(memory.read(CODE, 5), literal);
      assertEquals(child.next(), { kind: "exited", pid, code: 5 });
      assertEquals(new TextDecoder().decode(readFile(stdout)), text);
    },
  );
}
