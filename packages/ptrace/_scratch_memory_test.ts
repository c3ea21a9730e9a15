import { assert, assertEquals, assertThrows } from "@std/assert";
import { SystemError } from "@procctl/libc";
import { syscallNumber } from "@procctl/syscalls";
import { TemporaryFolder, testWith } from "@procctl/testing";
import * as ptrace from "@procctl/ptrace/requests";
import type { CallChanges } from "./_changes.ts";
import { extraCallNumber } from "./_extra_call.ts";
import { injectCall } from "./_inject_call.ts";
import { type CallInTask, ScratchMemory } from "./_scratch_memory.ts";
import { playChanged } from "./_testing_changes.ts";
import { tracees } from "./_testing_tracees.ts";

/** A process that maps memory where it likes, and takes note of it. */
function fakeProcess(): { call: CallInTask; calls: unknown[][] } {
  const calls: unknown[][] = [];
  const call = (name: string, ...args: bigint[]) => {
    calls.push([name, args[1]]);
    return BigInt(calls.length) * 0x10_0000n;
  };
  return { call, calls };
}

Deno.test("ScratchMemory maps memory once, and again for what does not fit", () => {
  const { call, calls } = fakeProcess();
  const scratch = new ScratchMemory();
  const allocate = (tid: number, length: number) =>
    scratch.allocate(tid, length, "x86_64", call);
  assertEquals(allocate(1, 5), 0x10_0000n);
  assertEquals(allocate(1, 17), 0x10_0010n);
  assertEquals(allocate(2, 0), 0x10_0030n);
  assertEquals(allocate(2, 100_000), 0x20_0000n);
  assertEquals(calls, [["mmap", 65536n], ["mmap", 131072n]]);
  assertEquals(allocate(3, 16), 0x10_0040n);
});

Deno.test("ScratchMemory gives memory anew when no call uses it", () => {
  const { call, calls } = fakeProcess();
  const scratch = new ScratchMemory();
  const allocate = (tid: number) => scratch.allocate(tid, 32, "aarch64", call);
  assertEquals([allocate(1), allocate(2)], [0x10_0000n, 0x10_0020n]);
  scratch.release(1);
  assertEquals(allocate(3), 0x10_0040n);
  scratch.release(2);
  scratch.release(3);
  scratch.release(4);
  assertEquals(allocate(1), 0x10_0000n);
  assertEquals(scratch.fork().allocate(5, 32, "aarch64", call), 0x10_0000n);
  assertEquals(calls.length, 1);
});

Deno.test("ScratchMemory keeps low memory for programs of 32 bits", () => {
  const { call, calls } = fakeProcess();
  const scratch = new ScratchMemory();
  scratch.allocate(1, 1, "x86_64", call);
  scratch.allocate(1, 1, "i386", call);
  scratch.allocate(1, 1, "x32", call);
  assertEquals(calls.map(([name]) => name), ["mmap", "mmap2"]);
});

Deno.test("ScratchMemory says why a process can map none", () => {
  assertThrows(
    () => new ScratchMemory().allocate(77, 1, "x86_64", () => -12n),
    SystemError,
    "Cannot map 65536 bytes into task 77: Cannot allocate memory: ENOMEM",
  );
});

const OPENAT = { native: syscallNumber("openat")!, i386: 295 };

/** Lets each openat() that is given one path open another file. */
function redirect(
  isIt: (changes: CallChanges, memory: ptrace.ProcessMemory) => boolean,
  abi: "x86_64" | "i386" | "aarch64",
  path: string,
) {
  const scratch = new ScratchMemory();
  const places: bigint[] = [];
  let mapped = 0;
  const enter = (changes: CallChanges, tid: number) => {
    const nr = abi === "i386" ? OPENAT.i386 : OPENAT.native;
    if (changes.info.nr !== nr) return;
    using memory = new ptrace.ProcessMemory(tid);
    if (!isIt(changes, memory)) return;
    const bytes = new TextEncoder().encode(`${path}\0`);
    const address = scratch.allocate(
      tid,
      bytes.length,
      abi,
      (name, ...args) => {
        mapped++;
        const call = { nr: extraCallNumber(name, abi), args };
        const outcome = injectCall(tid, changes.info, call);
        if (outcome.kind === "returned") return outcome.result;
        throw new Error("The task did not come back");
      },
    );
    memory.write(address, bytes);
    changes.args[1] = address;
    places.push(address);
  };
  const exit = (_: CallChanges, tid: number) => scratch.release(tid);
  return { on: { enter, exit }, places, mapped: () => mapped };
}

testWith(
  "a program opens another file than it names, and its own path stays",
  [tracees],
  () => {
    using folder = new TemporaryFolder();
    const file = folder.write("file", "content\n");
    const other = folder.write("other-file-with-a-longer-name", "other\n");
    const { on } = redirect(
      ({ args }, memory) =>
        new TextDecoder().decode(memory.readCString(args[1]!).bytes) === file,
      Deno.build.arch,
      other,
    );
    const { stdout } = playChanged("copy-out", [file], on);
    assertEquals(stdout, "other\nsame path\n");
  },
);

const KINDS = Deno.build.arch === "x86_64"
  ? ["native", "i386"] as const
  : ["native"] as const;

for (const kind of KINDS) {
  testWith(
    `a path of the tracer's is found by a call (${kind})`,
    [tracees],
    () => {
      const abi = kind === "i386" ? kind : Deno.build.arch;
      const { on, places, mapped } = redirect(
        ({ args }) => args[1] === 1n,
        abi,
        "/",
      );
      const { stdout } = playChanged(
        "registers",
        [kind, 3, OPENAT[kind], 0, 1, 0, 0],
        on,
      );
      const descriptors = stdout.trim().split("\n")
        .map((line) => Number(line.split(" ")[0]));
      assertEquals(descriptors, [3, 4, 5]);
      assertEquals(mapped(), 1);
      assertEquals(new Set(places).size, 1);
      if (kind === "i386") assert(places[0]! < 2n ** 32n);
    },
  );
}
