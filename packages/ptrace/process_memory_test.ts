import { assert, assertEquals, assertThrows } from "@std/assert";
import { readFile, SystemError } from "@procctl/libc";
import { syscallNumber } from "@procctl/syscalls";
import { TemporaryFolder, testWith, tool } from "@procctl/testing";
import * as ptrace from "@procctl/ptrace/requests";
import {
  CODE,
  compile,
  loopProgram,
  traceCalls,
  Tracee,
  writeProgram,
} from "./_testing.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The end of a task's stack, behind which nothing is mapped. */
function stackEnd(pid: number): bigint {
  const maps = decoder.decode(readFile(`/proc/${pid}/maps`));
  return BigInt(`0x${/-([0-9a-f]+) .*\[stack\]/.exec(maps)![1]}`);
}

Deno.test("ProcessMemory reads and writes, from small to large", () => {
  using child = new Tracee(["/bin/true", "argument"]);
  using memory = new ptrace.ProcessMemory(child.pid);
  const { stackPointer } = ptrace.getregs(child.pid);
  assertEquals(memory.read(stackPointer, 8)[0], 2);
  assertEquals(memory.read(stackPointer, 0), new Uint8Array(0));
  const data = crypto.getRandomValues(new Uint8Array(60_000));
  const place = stackPointer - 100_000n;
  memory.write(place, data);
  assertEquals(memory.read(place, data.length), data);
  const buffer = new Uint8Array(10);
  assertEquals(memory.readInto(Number(place) + 1, buffer.subarray(2, 5)), 3);
  assertEquals([...buffer], [0, 0, ...data.subarray(1, 4), 0, 0, 0, 0, 0]);
});

Deno.test("ProcessMemory writes where a program may only read, processVmWrite() does not", () => {
  using folder = new TemporaryFolder();
  using child = new Tracee([folder.write("loop", loopProgram(), 0o755)]);
  using memory = new ptrace.ProcessMemory(child.pid);
  const code = memory.read(CODE, 4);
  memory.write(CODE, new Uint8Array(4));
  assertEquals(memory.read(CODE, 4), new Uint8Array(4));
  memory.write(CODE, code);
  assertThrows(
    () => ptrace.processVmWrite(child.pid, CODE, code),
    SystemError,
    `Cannot write memory of task ${child.pid} at 0x400078: nothing is mapped there, or it may only be read: EFAULT`,
  );
});

Deno.test("reading across the end of what is mapped gives the part before it", () => {
  using child = new Tracee(["/bin/true"]);
  const { pid } = child;
  using memory = new ptrace.ProcessMemory(pid);
  const end = stackEnd(pid);
  memory.write(end - 6n, encoder.encode("sixsix"));
  assertEquals(decoder.decode(memory.read(end - 6n, 20)), "sixsix");
  const bytes = new Uint8Array(20);
  assertEquals(ptrace.processVmRead(pid, end - 6n, bytes), 6);
  assertEquals(decoder.decode(bytes.subarray(0, 6)), "sixsix");
});

Deno.test("readCString() reads up to the last byte of a page, and tells when there is no end", () => {
  using child = new Tracee(["/bin/true"]);
  const { pid } = child;
  using memory = new ptrace.ProcessMemory(pid);
  const end = stackEnd(pid);
  const readers = [
    (at: bigint, options = {}) => memory.readCString(at, options),
    (at: bigint, options = {}) => ptrace.readCString(pid, at, options),
  ];
  for (const read of readers) {
    const text = (at: bigint, options = {}) => {
      const { bytes, end } = read(at, options);
      return `${decoder.decode(bytes)} ${end}`;
    };
    memory.write(end - 8n, encoder.encode("/a/path\0"));
    assertEquals(text(end - 8n), "/a/path nul");
    assertEquals(text(end - 1n), " nul");
    memory.write(end - 8n, encoder.encode("/no/end!"));
    assertEquals(text(end - 8n), "/no/end! unmapped");
    assertEquals(text(end - 8n, { limit: 3 }), "/no limit");
    assertEquals(text(end - 8n, { limit: 0 }), " limit");
    // Over the ends of several pages.
    const long = "x".repeat(10_000);
    memory.write(end - 10_101n, encoder.encode(`${long}\0`));
    assertEquals(text(end - 10_101n), `${long} nul`);
    assertEquals(
      text(end - 10_101n, { limit: 9_000 }),
      `${long.slice(0, 9000)} limit`,
    );
    assertThrows(() => read(end - 8n, { limit: -1 }), RangeError, "limit");
  }
});

Deno.test("argv is read back byte for byte, empty, not UTF-8, and very long", () => {
  const argv = ["/bin/true", "", "a\nb", "x".repeat(100_000)] as const;
  using child = new Tracee(argv as unknown as [string, ...string[]]);
  using memory = new ptrace.ProcessMemory(child.pid);
  const { stackPointer } = ptrace.getregs(child.pid);
  const pointers = new BigUint64Array(
    memory.read(stackPointer + 8n, 40).buffer,
  );
  assertEquals(pointers[4], 0n);
  const strings = argv.map((_, i) => memory.readCString(pointers[i]!));
  assertEquals(
    strings.slice(0, 3).map(({ bytes }) => decoder.decode(bytes)),
    ["/bin/true", "", "a\nb"],
  );
  assertEquals([strings[3]!.bytes.length, strings[3]!.end], [65536, "limit"]);
  const limit = 200_000;
  const whole = memory.readCString(pointers[3]!, { limit });
  assertEquals([whole.bytes.length, whole.end], [100_000, "nul"]);
  memory.write(pointers[3]!, new Uint8Array([0xff, 0xfe, 0]));
  assertEquals([...memory.readCString(pointers[3]!).bytes], [0xff, 0xfe]);
});

Deno.test("null and odd pointers are errors of their own", () => {
  using child = new Tracee(["/bin/true"]);
  const { pid } = child;
  using memory = new ptrace.ProcessMemory(pid);
  for (const address of [0n, 1n, 0xdeadn, 2n ** 63n, 2n ** 64n - 1n]) {
    const place = `at 0x${address.toString(16)}: nothing is mapped there`;
    for (
      const read of [
        () => memory.read(address, 8),
        () => memory.readCString(address),
        () => ptrace.processVmRead(pid, address, new Uint8Array(8)),
        () => ptrace.readCString(pid, address),
        () => memory.write(address, new Uint8Array(8)),
        () => ptrace.processVmWrite(pid, address, new Uint8Array(8)),
      ]
    ) assertThrows(read, SystemError, place);
  }
  for (const address of [-1n, 2n ** 64n, 0.5, NaN]) {
    assertThrows(() => memory.read(address, 8), RangeError, "as address");
  }
});

Deno.test("memory is nobody's after an exec, and after the end", () => {
  using child = new Tracee(["/bin/sh", "-c", "exec /bin/true"]);
  const { stackPointer } = ptrace.getregs(child.pid);
  using memory = new ptrace.ProcessMemory(child.pid);
  child.next();
  for (
    const use of [
      () => memory.read(stackPointer, 8),
      () => memory.readCString(stackPointer),
      () => memory.write(stackPointer, new Uint8Array(8)),
    ]
  ) {
    assertThrows(
      use,
      SystemError,
      "it is nobody's: the process ended, or executed a program: ESRCH",
    );
  }
  const closed = new ptrace.ProcessMemory(child.pid);
  closed[Symbol.dispose]();
  closed[Symbol.dispose]();
  assertThrows(() => closed.read(0, 1), TypeError, "it was closed");
});

testWith(
  "what a program writes is read whole, 3 MiB of it",
  [tool("dd")],
  () => {
    using folder = new TemporaryFolder();
    const stdout = folder.join("out");
    using child = new Tracee(
      [
        "/bin/dd",
        "if=/dev/urandom",
        "bs=3M",
        "count=1",
        "iflag=fullblock",
        "status=none",
      ],
      { stdout },
    );
    using memory = new ptrace.ProcessMemory(child.pid);
    const info = new ptrace.SyscallInfo();
    const size = 3 * 2 ** 20;
    let data: Uint8Array | undefined;
    while (child.next(ptrace.syscall).kind === "syscall-stop") {
      ptrace.getSyscallInfo(child.pid, info);
      const isWrite = info.kind === "entry" &&
        info.nr === syscallNumber("write");
      if (isWrite) data = memory.read(info.args[1]!, info.argNumber(2));
    }
    assert(data !== undefined);
    assertEquals(data.length, size);
    assertEquals(data, readFile(stdout));
  },
);

Deno.test("a variable is changed before a program uses it, and put back after", () => {
  using folder = new TemporaryFolder();
  const stdout = folder.join("out");
  const program = folder.write("write", writeProgram(), 0o755);
  using child = new Tracee([program], { stdout });
  using memory = new ptrace.ProcessMemory(child.pid);
  child.next(ptrace.syscall);
  child.next(ptrace.syscall);
  const { args } = ptrace.getSyscallInfo(child.pid);
  const original = memory.read(args[1]!, 5);
  memory.write(args[1]!, encoder.encode("*****"));
  child.next(ptrace.syscall);
  memory.write(args[1]!, original);
  assertEquals(child.next(), { kind: "exited", pid: child.pid, code: 5 });
  assertEquals(decoder.decode(readFile(stdout)), "*****");
});

testWith("64-bit arguments and results are exact", [tool("gcc")], () => {
  using folder = new TemporaryFolder();
  const program = compile(
    folder,
    `
    #define _GNU_SOURCE
    #include <unistd.h>
    #include <sys/mman.h>
    #include <sys/syscall.h>
    int main(void) {
      int fd = memfd_create("file", 0);
      syscall(SYS_lseek, fd, 0x7fffffffffffL, 0);
      syscall(SYS_futex, &fd, -1L, 0, 0, 0, 0x8000000000000001UL);
      char *page = mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      syscall(SYS_write, -1, page, 0);
    }
  `,
  );
  using child = new Tracee([program]);
  const { calls } = traceCalls(child);
  const last = (name: string) =>
    calls.findLast(({ nr }) => nr === syscallNumber(name))!;
  const lseek = last("lseek");
  assertEquals([lseek.args[1], lseek.rval], [0x7fffffffffffn, 0x7fffffffffffn]);
  const { args, rval } = last("futex");
  assertEquals([args[1], args[5]], [2n ** 64n - 1n, 0x8000000000000001n]);
  assertEquals(rval, -38n);
  assertEquals(last("mmap").rval, last("write").args[1]);
});
