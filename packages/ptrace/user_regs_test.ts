import { assertEquals } from "@std/assert";
import { file, run, TemporaryFolder, testWith, tool } from "@procctl/testing";
import * as ptrace from "@procctl/ptrace/requests";
import { compile } from "./_testing.ts";

/** Where the headers for aarch64 are: its own, or those for compiling for it. */
const [ASM, LINUX] = Deno.build.arch === "aarch64"
  ? ["/usr/include/aarch64-linux-gnu/asm", "/usr/include/linux"]
  : [
    "/usr/aarch64-linux-gnu/include/asm",
    "/usr/aarch64-linux-gnu/include/linux",
  ];

testWith(
  "the layouts of aarch64 are those of its headers",
  [tool("gcc"), file(`${ASM}/ptrace.h`)],
  () => {
    using folder = new TemporaryFolder();
    // Structures of numbers of a fixed size: any compiler lays them out alike.
    const source = `
      #include <stdio.h>
      #include <stddef.h>
      #include "${ASM}/ptrace.h"
      #include "${LINUX}/elf.h"
      #define AT(field) printf(#field " %zu\\n", offsetof(struct user_pt_regs, field))
      int main(void) {
        AT(regs[0]); AT(regs[30]); AT(sp); AT(pc); AT(pstate);
        printf("regs %zu\\n", sizeof(struct user_pt_regs));
        printf("fpregs %zu\\n", sizeof(struct user_fpsimd_state));
        printf("sysemu %d %d\\n", PTRACE_SYSEMU, PTRACE_SYSEMU_SINGLESTEP);
        printf("sets %d %d\\n", NT_ARM_SYSTEM_CALL, NT_ARM_HW_BREAK);
      }
    `;
    const program = compile(folder, source, `-I${ASM}/..`);
    const regs = new ptrace.UserRegsAarch64();
    const at = (name: "x0" | "x30" | "sp" | "pc" | "pstate") => {
      regs.words.fill(0n);
      regs[name] = 1n;
      return 8 * regs.words.indexOf(1n);
    };
    assertEquals(
      run([program]).stdout,
      `regs[0] ${at("x0")}
regs[30] ${at("x30")}
sp ${at("sp")}
pc ${at("pc")}
pstate ${at("pstate")}
regs ${regs.bytes.length}
fpregs 528
sysemu 31 32
sets ${ptrace.NT_ARM_SYSTEM_CALL} ${ptrace.NT_ARM_HW_BREAK}
`,
    );
  },
);

Deno.test("the registers of all architectures have the same three names", () => {
  for (
    const [regs, ...names] of [
      [new ptrace.UserRegsX64(), "rip", "rsp", "rax"],
      [new ptrace.UserRegsAarch64(), "pc", "sp", "x0"],
    ] as const
  ) {
    regs.instructionPointer = 1n;
    regs.stackPointer = 2n;
    regs.returnValue = 3n;
    const named = regs as unknown as Record<string, bigint>;
    assertEquals(names.map((name) => named[name]), [1n, 2n, 3n]);
    const { instructionPointer, stackPointer, returnValue } = regs;
    assertEquals([instructionPointer, stackPointer, returnValue], [1n, 2n, 3n]);
  }
});
