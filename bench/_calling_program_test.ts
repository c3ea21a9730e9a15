import { assertEquals } from "@std/assert";
import * as ptrace from "@procctl/ptrace/requests";
import { syscallNumber } from "@procctl/syscalls";
import { TemporaryFolder } from "@procctl/testing";
import { callingProgram } from "./_calling_program.ts";

Deno.test("the program that is traced calls getppid() as often as it says, and exits", () => {
  using folder = new TemporaryFolder();
  const program = folder.write("program", callingProgram(1000), 0o755);
  const options = ptrace.PTRACE_O_TRACESYSGOOD | ptrace.PTRACE_O_EXITKILL;
  const pid = ptrace.startTraced([program], options);
  const info = new ptrace.SyscallInfo();
  const entries = new Map<number, number>();
  let status: ptrace.WaitStatus;
  for (;;) {
    ptrace.syscall(pid);
    status = ptrace.waitFor(pid);
    if (status.kind !== "syscall-stop") break;
    if (ptrace.getSyscallInfo(pid, info).kind !== "entry") continue;
    entries.set(info.nr, (entries.get(info.nr) ?? 0) + 1);
  }
  assertEquals(status, { kind: "exited", pid, code: 0 });
  assertEquals(entries.get(syscallNumber("getppid")!), 1000);
  assertEquals(entries.size, 2);
});
