import { assertEquals, assertThrows } from "@std/assert";
import { SystemError } from "@procctl/libc";
import * as ptrace from "@procctl/ptrace/requests";
import { TemporaryFolder } from "@procctl/testing";
import { CODE, loopProgram, Tracee } from "./_testing.ts";

const PEEKS = { peekdata: ptrace.peekdata, peektext: ptrace.peektext };
const POKES = { pokedata: ptrace.pokedata, poketext: ptrace.poketext };

Deno.test("peekdata() and peektext() read a word, all its 64 bits", () => {
  using child = new Tracee(["/bin/true", "argument"]);
  const { stackPointer } = ptrace.getregs(child.pid);
  for (const [name, peek] of Object.entries(PEEKS)) {
    assertEquals(peek(child.pid, stackPointer), 2n, name);
    for (const word of [0n, 1n, 2n ** 64n - 1n, 0x8000_0000_0000_0000n]) {
      ptrace.pokedata(child.pid, stackPointer, word);
      assertEquals(peek(child.pid, stackPointer), word, name);
    }
    ptrace.pokedata(child.pid, stackPointer, 2);
  }
});

Deno.test("pokedata() and poketext() write a word, also where the program may only read", () => {
  using folder = new TemporaryFolder();
  using child = new Tracee([folder.write("loop", loopProgram(), 0o755)]);
  for (const [name, poke] of Object.entries(POKES)) {
    const original = ptrace.peektext(child.pid, CODE);
    poke(child.pid, CODE, -2);
    assertEquals(ptrace.peektext(child.pid, CODE), 2n ** 64n - 2n, name);
    poke(child.pid, Number(CODE), original);
  }
  assertEquals(child.next().kind, "exited");
});

Deno.test("peeking and poking fail with EIO where nothing is mapped", () => {
  using child = new Tracee(["/bin/true"]);
  const attempts = {
    PTRACE_PEEKDATA: () => ptrace.peekdata(child.pid, 0),
    PTRACE_PEEKTEXT: () => ptrace.peektext(child.pid, 16n),
    PTRACE_POKEDATA: () => ptrace.pokedata(child.pid, 0, 0),
    PTRACE_POKETEXT: () => ptrace.poketext(child.pid, 0, 0),
  };
  for (const [request, attempt] of Object.entries(attempts)) {
    assertThrows(
      attempt,
      SystemError,
      `Cannot request ${request} of task ${child.pid}: nothing is mapped there: EIO`,
    );
  }
});

Deno.test("peekuser() and pokeuser() reach the registers, on x86_64 alone", () => {
  using child = new Tracee(["/bin/true"]);
  const { pid } = child;
  if (Deno.build.arch !== "x86_64") {
    assertThrows(() => ptrace.peekuser(pid, 0), Deno.errors.NotSupported);
    assertThrows(() => ptrace.pokeuser(pid, 0, 0), Deno.errors.NotSupported);
    return;
  }
  const regs = new ptrace.UserRegsX64();
  regs.words.forEach((_, index) => {
    const word = ptrace.peekuser(pid, 8 * index);
    assertEquals(word, ptrace.getregs(pid, regs) && regs.words[index]);
  });
  const RBX = 40;
  ptrace.pokeuser(pid, RBX, 2n ** 64n - 5n);
  ptrace.getregs(pid, regs);
  assertEquals(regs.rbx, 2n ** 64n - 5n);
  assertThrows(
    () => ptrace.peekuser(pid, 3),
    SystemError,
    "the offset is not that of a register: EIO",
  );
});

Deno.test("addresses and words that are out of range are refused", () => {
  for (const address of [-1, -1n, 2n ** 64n, 0.5, NaN, 2 ** 53]) {
    assertThrows(
      () => ptrace.peekdata(1, address),
      RangeError,
      `Cannot use ${address} as address`,
    );
  }
  for (const word of [2n ** 64n, -(2n ** 63n) - 1n, 0.5, 2 ** 53]) {
    assertThrows(
      () => ptrace.pokedata(1, 0, word),
      RangeError,
      `Cannot use ${word} as value`,
    );
  }
  for (const value of ["0x10", undefined, [1n]]) {
    assertThrows(
      () => ptrace.peekdata(1, value as never),
      TypeError,
      `Cannot use a value of type ${typeof value} as address`,
    );
  }
});
