import { assert, assertEquals, assertThrows } from "@std/assert";
import { SystemError } from "@procctl/libc";
import { run, TemporaryFolder, testWith, tool } from "@procctl/testing";
import * as ptrace from "@procctl/ptrace/requests";
import { CODE, compile, loopProgram, Tracee } from "./_testing.ts";

Deno.test("getregs() and setregs() read and write the general registers", () => {
  using folder = new TemporaryFolder();
  using child = new Tracee([folder.write("loop", loopProgram(), 0o755)]);
  child.next(ptrace.syscall);
  const regs = ptrace.getregs(child.pid);
  assertEquals(regs.kind, Deno.build.arch);
  assertEquals(regs.instructionPointer, CODE);
  assertEquals(ptrace.peekdata(child.pid, regs.stackPointer), 1n);
  regs.returnValue = -5n;
  ptrace.setregs(child.pid, regs);
  const again = ptrace.createUserRegs();
  assertEquals(ptrace.getregs(child.pid, again), again);
  assertEquals(again.returnValue, 2n ** 64n - 5n);
  assertEquals(again.words, regs.words);
});

Deno.test("getregset() of NT_PRSTATUS is what getregs() reads", () => {
  using child = new Tracee(["/bin/true"]);
  const regs = ptrace.getregs(child.pid);
  const bytes = new Uint8Array(1000);
  const size = ptrace.getregset(child.pid, ptrace.NT_PRSTATUS, bytes);
  assertEquals(bytes.slice(0, size), regs.bytes);
  assert(bytes.subarray(size).every((byte) => byte === 0));
});

Deno.test("getregset() and setregset() take arrays of any length, and parts of others", () => {
  using child = new Tracee(["/bin/true"]);
  const whole = new Uint8Array(1000).subarray(8);
  const size = ptrace.getregset(child.pid, ptrace.NT_PRSTATUS, whole);
  const part = new Uint8Array(16);
  assertEquals(ptrace.getregset(child.pid, ptrace.NT_PRSTATUS, part), 16);
  assertEquals(part, whole.slice(0, 16));
  part[0] = 42;
  assertEquals(ptrace.setregset(child.pid, ptrace.NT_PRSTATUS, part), 16);
  const after = ptrace.getregs(child.pid);
  assertEquals([after.words[0]! & 0xffn, size], [42n, after.bytes.length]);
  assertThrows(
    () => ptrace.getregset(child.pid, 0x12345, part),
    SystemError,
    "EINVAL",
  );
});

testWith(
  "getfpregs() and setfpregs() read and write what a program has computed",
  [tool("gcc")],
  () => {
    using folder = new TemporaryFolder();
    const program = compile(
      folder,
      `
      #include <signal.h>
      int main(void) {
        double value = 1.5, out;
      #ifdef __x86_64__
        __asm__ volatile ("movsd %1, %%xmm5" : : "i"(0), "m"(value) : "xmm5");
        __asm__ volatile ("int3" : : : "memory");
        __asm__ volatile ("movsd %%xmm5, %0" : "=m"(out));
      #else
        __asm__ volatile ("ldr d5, %0\\n brk #0" : : "m"(value) : "v5");
        __asm__ volatile ("str d5, %0" : "=m"(out));
      #endif
        return (int)(out * 2);
      }
    `,
    );
    using child = new Tracee([program]);
    assertEquals(child.next().kind, "stopped");
    const bytes = ptrace.getfpregs(child.pid);
    // xmm5 in the FXSAVE area; v5 in the first of 16 bytes each.
    const at = Deno.build.arch === "x86_64" ? 160 + 5 * 16 : 5 * 16;
    const view = new DataView(bytes.buffer);
    assertEquals(view.getFloat64(at, true), 1.5);
    view.setFloat64(at, 4.5, true);
    ptrace.setfpregs(child.pid, bytes);
    if (Deno.build.arch === "aarch64") {
      const regs = ptrace.getregs(child.pid);
      regs.instructionPointer += 4n;
      ptrace.setregs(child.pid, regs);
    }
    assertEquals(child.next(), { kind: "exited", pid: child.pid, code: 9 });
  },
);

testWith(
  "the registers lie where C's structure has them",
  [tool("gcc")],
  () => {
    using folder = new TemporaryFolder();
    const regs = ptrace.createUserRegs();
    const names = regs.kind === "x86_64"
      ? Object.keys(
        Object.getOwnPropertyDescriptors(Object.getPrototypeOf(regs)),
      )
        .filter((name) => /^[a-z]+[0-9]*(_[a-z]+)?$/.test(name))
        .filter((name) => name !== "constructor")
      : ["sp", "pc", "pstate"];
    const source = `
      #include <stdio.h>
      #include <stddef.h>
      #include <sys/user.h>
      #include <asm/ptrace.h>
      #ifdef __x86_64__
      #define S struct user_regs_struct
      #else
      #define S struct user_pt_regs
      #endif
      int main(void) {
        ${
      names.map((it) => `printf("${it} %zu\\n", offsetof(S, ${it}));`).join(
        "\n",
      )
    }
        printf("size %zu\\n", sizeof(S));
      }
    `;
    const { stdout } = run([compile(folder, source)]);
    const offsets = Object.fromEntries(
      stdout.trim().split("\n").map((line) => line.split(" ")),
    );
    assertEquals(Number(offsets.size), regs.bytes.length);
    for (const name of names) {
      regs.words.fill(0n);
      (regs as unknown as Record<string, bigint>)[name] = 1n;
      assertEquals(regs.words.indexOf(1n) * 8, Number(offsets[name]), name);
    }
    assertEquals(names.length, regs.kind === "x86_64" ? 27 : 3);
  },
);

Deno.test("registers refuse what has more than 64 bits", () => {
  const regs = ptrace.createUserRegs();
  assertThrows(
    () => {
      regs.returnValue = 2n ** 64n;
    },
    RangeError,
    "Cannot use 18446744073709551616 as ",
  );
});

Deno.test("the registers of aarch64 are 31, sp, pc and pstate", () => {
  const regs = new ptrace.UserRegsAarch64();
  regs.words.forEach((_, index) => regs.words[index] = BigInt(index));
  const named = regs as unknown as Record<string, bigint>;
  const general = Array.from({ length: 31 }, (_, i) => named[`x${i}`]);
  assertEquals(general, Array.from({ length: 31 }, (_, i) => BigInt(i)));
  assertEquals([regs.sp, regs.pc, regs.pstate], [31n, 32n, 33n]);
  assertEquals(regs.bytes.length, 272);
});

Deno.test("getThreadArea(), setThreadArea() and archPrctl() are for x86_64 alone", () => {
  using child = new Tracee(["/bin/true"]);
  const { pid } = child;
  if (Deno.build.arch !== "x86_64") {
    for (
      const request of [
        () => ptrace.getThreadArea(pid, 12),
        () => ptrace.setThreadArea(pid, 12, new Uint8Array(16)),
        () => ptrace.archPrctl(pid, ptrace.ARCH_GET_FS),
      ]
    ) assertThrows(request, Deno.errors.NotSupported);
    return;
  }
  // A struct user_desc: entry, base, limit; 32 bits, limit in pages, usable.
  const descriptor = new Uint8Array(
    Uint32Array.of(12, 0x1000, 0xfff, 0x51).buffer,
  );
  ptrace.setThreadArea(pid, 12, descriptor);
  assertEquals(ptrace.getThreadArea(pid, 12), descriptor);
  assertThrows(() => ptrace.getThreadArea(pid, 99), SystemError, "EINVAL");
  for (
    const [set, get] of [
      [ptrace.ARCH_SET_FS, ptrace.ARCH_GET_FS],
      [ptrace.ARCH_SET_GS, ptrace.ARCH_GET_GS],
    ] as const
  ) {
    ptrace.archPrctl(pid, set, 0x7000_1000_2000n);
    assertEquals(ptrace.archPrctl(pid, get), 0x7000_1000_2000n);
  }
  const regs = new ptrace.UserRegsX64();
  ptrace.getregs(pid, regs);
  assertEquals([regs.fs_base, regs.gs_base], [
    0x7000_1000_2000n,
    0x7000_1000_2000n,
  ]);
  assertThrows(
    () => ptrace.archPrctl(pid, ptrace.ARCH_SET_FS, 2n ** 63n),
    SystemError,
    "EPERM",
  );
});
