import { assertEquals } from "@std/assert";
import { run, TemporaryFolder, testWith, tool } from "@procctl/testing";
import * as ptrace from "@procctl/ptrace/requests";
import { compile } from "./_testing.ts";

testWith("Siginfo and SyscallInfo have their fields where C has them", [
  tool("gcc"),
], () => {
  using folder = new TemporaryFolder();
  const program = compile(
    folder,
    `
    #include <signal.h>
    #include <stddef.h>
    #include <stdio.h>
    #include <linux/ptrace.h>
    #define SIG(name, field) printf("%s %zu\\n", name, offsetof(siginfo_t, field))
    #define CALL(name, field) \\
      printf("%s %zu\\n", name, offsetof(struct ptrace_syscall_info, field))
    int main(void) {
      SIG("signo", si_signo); SIG("errno", si_errno); SIG("code", si_code);
      SIG("pid", si_pid); SIG("uid", si_uid); SIG("status", si_status);
      SIG("value", si_value); SIG("pointer", si_value); SIG("address", si_addr);
      SIG("syscall", si_syscall); SIG("arch", si_arch);
      CALL("info.op", op); CALL("info.arch", arch);
      CALL("info.instructionPointer", instruction_pointer);
      CALL("info.stackPointer", stack_pointer);
      CALL("info.nr", entry.nr); CALL("info.args", entry.args);
      CALL("info.rval", exit.rval); CALL("info.isError", exit.is_error);
      CALL("info.retData", seccomp.ret_data);
      printf("sizes %zu %zu\\n", sizeof(siginfo_t), sizeof(struct ptrace_syscall_info));
    }
  `,
  );
  const { stdout } = run([program]);
  const lines = stdout.trim().split("\n");
  const sizes = lines.pop();
  assertEquals(sizes, "sizes 128 88");
  for (const line of lines) {
    const [name, offset] = line.split(" ");
    const info = new ptrace.Siginfo();
    const call = new ptrace.SyscallInfo();
    const isCall = name!.startsWith("info.");
    const bytes = isCall ? call.bytes : info.bytes;
    bytes[Number(offset)] = 1;
    const view = isCall ? { info: call } : info;
    const value = name!.split(".").reduce<unknown>(
      (it, key) => (it as Record<string, unknown>)[key],
      view,
    );
    const first = value instanceof BigUint64Array ? value[0] : value;
    assertEquals(Number(first), 1, name);
  }
});

Deno.test("Siginfo can be changed", () => {
  const info = new ptrace.Siginfo();
  info.signo = 34;
  info.code = -1;
  info.pid = 5;
  info.uid = 2 ** 32 - 1;
  info.value = -42;
  const { signo, code, pid, uid, value, status, syscall } = info;
  assertEquals([signo, code, pid, uid, value], [34, -1, 5, 2 ** 32 - 1, -42]);
  assertEquals([status, syscall, info.errno], [-42, -42, 0]);
});

Deno.test("SyscallInfo has numbers with their signs", () => {
  const info = new ptrace.SyscallInfo();
  const kinds = [0, 1, 2, 3, 200].map((op) => {
    info.bytes[0] = op;
    return info.kind;
  });
  assertEquals(kinds, ["none", "entry", "exit", "seccomp", "none"]);
  info.nr = -1;
  assertEquals([info.nr, info.rval, info.rvalNumber], [-1, -1n, -1]);
  info.nr = 0x40000000 | 39;
  assertEquals(info.nr, 0x40000027);
  for (const value of [0n, -1n, -4095n, 2n ** 47n, -(2n ** 47n)]) {
    info.rval = value;
    assertEquals([info.rval, info.rvalNumber], [value, Number(value)]);
  }
  info.isError = true;
  assertEquals([info.isError, info.args[0]], [true, 1n]);
  info.args[5] = 0x7fff_ffff_f000n;
  assertEquals(info.argNumber(5), 0x7fff_ffff_f000);
});
