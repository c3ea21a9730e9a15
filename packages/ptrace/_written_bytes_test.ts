import { assert, assertEquals, assertThrows } from "@std/assert";
import { encodeCString, readFile, SystemError } from "@procctl/libc";
import { syscallNumber } from "@procctl/syscalls";
import { TemporaryFolder, testWith } from "@procctl/testing";
import * as ptrace from "@procctl/ptrace/requests";
import { readStatus } from "./_proc_status.ts";
import { CODE, Tracee, writeProgram } from "./_testing.ts";
import { scenario, tracees } from "./_testing_tracees.ts";
import { type Memory, WrittenBytes } from "./_written_bytes.ts";

const BASE = 0x1000;
const SIZE = 0x3000;

/** Three pages of memory, and nothing else. */
class FakeMemory implements Memory {
  readonly bytes = new Uint8Array(SIZE).map((_, index) => index);
  error: number | undefined;

  readInto(address: bigint, bytes: Uint8Array<ArrayBuffer>): number {
    const there = this.#part(address, bytes.length);
    if (there.length === 0) throw failure(5);
    bytes.set(there);
    return there.length;
  }

  write(address: bigint, bytes: Uint8Array<ArrayBuffer>): void {
    const there = this.#part(address, bytes.length);
    there.set(bytes.subarray(0, there.length));
    if (there.length < bytes.length) throw failure(5);
  }

  #part(address: bigint, length: number): Uint8Array {
    if (this.error !== undefined) throw failure(this.error);
    const start = Number(address) - BASE;
    if (start < 0) return new Uint8Array();
    return this.bytes.subarray(start, start + length);
  }
}

function failure(errno: number): SystemError {
  return new SystemError("Cannot use memory", { errno, syscall: "pread64" });
}

/** Memory, what is written to it, and ways to look at both. */
function setUp() {
  const memory = new FakeMemory();
  const before = memory.bytes.slice();
  const written = new WrittenBytes(memory);
  const read = (address: number, length: number) => {
    const bytes = new Uint8Array(length);
    memory.readInto(BigInt(address), bytes);
    return bytes;
  };
  const shown = (address: number, length: number) => {
    const bytes = read(address, length);
    written.hide(address, bytes);
    return bytes;
  };
  const own = (address: number, length: number) =>
    before.slice(address - BASE, address - BASE + length);
  return { memory, before, written, read, shown, own };
}

/** Some bytes, all of one value. */
const fill = (value: number, length: number) =>
  new Uint8Array(length).fill(value);

Deno.test("bytes are there until the call is over, and hidden from the tracer", () => {
  const { memory, before, written, read, shown, own } = setUp();
  written.write(1, 0x1ffe, fill(200, 6));
  assertEquals(read(0x1ffe, 6), fill(200, 6));
  assertEquals(read(0x1ffc, 2), own(0x1ffc, 2));
  assertEquals(read(0x2004, 2), own(0x2004, 2));
  assertEquals(shown(0x1ffc, 10), own(0x1ffc, 10));
  written.release(2);
  assert(!written.isEmpty);
  written.release(1);
  assertEquals(memory.bytes, before);
  assert(written.isEmpty);
});

Deno.test("bytes that two calls have written stay until the later is over", () => {
  for (const [first, second] of [[1, 2], [2, 1]] as const) {
    const { memory, before, written, read, shown, own } = setUp();
    written.write(1, 0x2000, fill(200, 8));
    assertEquals(shown(0x2004, 8), own(0x2004, 8));
    written.write(2, 0x2004, fill(200, 8));
    assertEquals(shown(0x2000, 12), own(0x2000, 12));
    written.release(first);
    const kept = first === 1 ? 0x2004 : 0x2000;
    assertEquals(read(kept, 8), fill(200, 8));
    const changed = memory.bytes.filter((byte, at) => byte !== before[at]);
    assertEquals(changed, fill(200, 8));
    written.release(second);
    assertEquals(memory.bytes, before);
    assert(written.isEmpty);
  }
});

Deno.test("bytes that one call has written twice are the program's when it is over", () => {
  const { memory, before, written, shown, own } = setUp();
  written.write(1, 0x2000, fill(7, 8));
  written.write(1, 0x2002, fill(200, 4));
  assertEquals(shown(0x2000, 8), own(0x2000, 8));
  written.release(1);
  assertEquals(memory.bytes, before);
  assert(written.isEmpty);
});

Deno.test("bytes that somebody else has changed meanwhile stay as they are", () => {
  const { memory, before, written, shown } = setUp();
  written.write(1, 0x2000, fill(200, 8));
  memory.write(0x2003n, fill(0xaa, 2));
  const expected = before.slice();
  expected.fill(0xaa, 0x1003, 0x1005);
  assertEquals(shown(0x2000, 8), expected.slice(0x1000, 0x1008));
  written.release(1);
  assertEquals(memory.bytes, expected);
});

Deno.test("bytes of many pages are kept as those of one are", () => {
  const { memory, before, written } = setUp();
  written.write(1, BASE, fill(200, SIZE));
  written.write(2, 0x2ff0, fill(8, 0x20));
  written.release(1);
  const expected = before.slice();
  expected.fill(8, 0x1ff0, 0x2010);
  assertEquals(memory.bytes, expected);
  written.release(2);
  assertEquals(memory.bytes, before);
});

Deno.test("a copy of memory is rid of what was written, and of nothing else", () => {
  const { memory, before, written } = setUp();
  written.write(1, 0x1ff8, fill(200, 16));
  written.write(2, 0x3000, fill(200, 16));
  const copy = new FakeMemory();
  copy.bytes.set(memory.bytes);
  // The child itself has changed something before it is looked at.
  copy.bytes[0x0ff9] = 77;
  written.takeOutOf(copy, 3);
  const expected = before.slice();
  expected[0x0ff9] = 77;
  assertEquals(copy.bytes, expected);
  written.release(1);
  written.release(2);
  assertEquals(memory.bytes, before);
});

Deno.test("what is not mapped cannot be written, and nothing is written then", () => {
  const { memory, before, written } = setUp();
  assertThrows(
    () => written.write(1, BASE + SIZE - 8, fill(200, 16)),
    SystemError,
    "Cannot write 16 bytes at 0x3ff8: not all of it is mapped: EIO",
  );
  assertThrows(() => written.write(1, 0x10, fill(200, 1)), SystemError, "EIO");
  assertEquals(memory.bytes, before);
  assert(written.isEmpty);
  written.write(1, 0x10, new Uint8Array());
  assert(written.isEmpty);
});

Deno.test("memory that is gone is no error, neither before nor after", () => {
  for (const errno of [3, 5]) {
    const { memory, written } = setUp();
    written.write(1, 0x2000, fill(200, 8));
    memory.error = errno;
    written.leave(1);
    assert(written.isEmpty);
  }
  const { memory, written } = setUp();
  memory.error = 3;
  written.write(1, 0x2000, fill(200, 8));
  written.release(1);
  assert(written.isEmpty);
});

/** Memory of a kernel that lets nobody write where a process may only read. */
function withoutForce(memory: Memory): Memory {
  return {
    readInto: (address, bytes) => memory.readInto(address, bytes),
    write: () => {
      throw failure(5);
    },
  };
}

for (const way of ["/proc/PID/mem", "PTRACE_POKEDATA"]) {
  Deno.test(`code is replaced while it is written to a file, by ${way}`, () => {
    using folder = new TemporaryFolder();
    const program = folder.write("write", writeProgram(), 0o755);
    const stdout = folder.write("out", "");
    using child = new Tracee([program], { stdout });
    const { pid } = child;
    using memory = new ptrace.ProcessMemory(pid);
    const own = memory.read(CODE, 16);
    const written = new WrittenBytes(
      way === "PTRACE_POKEDATA" ? withoutForce(memory) : memory,
    );
    child.next(ptrace.syscall);
    child.next(ptrace.syscall);
    written.write(pid, CODE + 1n, encodeCString("bcd", "text").slice(0, 3));
    child.next(ptrace.syscall);
    assertEquals(memory.read(CODE, 5)[1], 0x62);
    written.release(pid);
    assertEquals(memory.read(CODE, 16), own);
    child.next();
    const out = readFile(stdout);
    assertEquals(
      out,
      new Uint8Array([own[0]!, 0x62, 0x63, 0x64, own[4]!]),
    );
  });
}

const WRITE = syscallNumber("write")!;
const SECRET = "secret";

/**
 * Traces a tree, and censors what its tasks write.
 *
 * @returns What the first has written, and how often something was replaced.
 */
function censored(name: string): { stdout: string; replaced: number } {
  using folder = new TemporaryFolder();
  const stdout = folder.write("out", "");
  using child = new Tracee(scenario(name), {
    options: ptrace.PTRACE_O_TRACESYSGOOD | ptrace.PTRACE_O_TRACECLONE |
      ptrace.PTRACE_O_TRACEFORK,
    stdout,
  });
  using memory = new ptrace.ProcessMemory(child.pid);
  const written = new WrittenBytes(memory);
  const info = new ptrace.SyscallInfo();
  const tids = new Set([child.pid]);
  let replaced = 0;
  ptrace.syscall(child.pid);
  for (;;) {
    const status = ptrace.waitForAny(tids);
    const tid = status.pid;
    if (status.kind === "exited" || status.kind === "signaled") {
      written.leave(tid);
      tids.delete(tid);
      if (tids.size > 0) continue;
      assert(written.isEmpty);
      const output = new TextDecoder().decode(readFile(stdout));
      return { stdout: output, replaced };
    }
    if (!tids.has(tid)) {
      tids.add(tid);
      if (readStatus(tid)!.process === tid) {
        using copy = new ptrace.ProcessMemory(tid);
        written.takeOutOf(copy, tid);
      }
    }
    if (status.kind === "syscall-stop") {
      ptrace.getSyscallInfo(tid, info);
      if (info.kind === "exit") written.release(tid);
      else if (info.nr === WRITE && censor(tid)) replaced++;
    }
    ptrace.syscall(tid, status.kind === "stopped" ? status.signal : 0);
  }

  function censor(tid: number): boolean {
    const [, address, length] = info.args as unknown as [
      bigint,
      bigint,
      bigint,
    ];
    const bytes = memory.read(address, Number(length));
    written.hide(address, bytes);
    const at = new TextDecoder("latin1").decode(bytes).indexOf(SECRET);
    if (at < 0) return false;
    written.write(tid, address + BigInt(at), fill(0x2a, SECRET.length));
    return true;
  }
}

testWith(
  "a literal is replaced while it is written, and intact afterwards",
  [tracees],
  () => {
    assertEquals(censored("censor"), {
      stdout: "the ****** word\n16 intact\n",
      replaced: 1,
    });
  },
);

testWith(
  "a literal that two threads write at once is replaced in both, and a forked child has its own",
  [tracees],
  () => {
    assertEquals(censored("blocked-writers"), {
      stdout: "the ****** word\nthe ****** word\nintact, the child's intact\n",
      replaced: 2,
    });
  },
);
