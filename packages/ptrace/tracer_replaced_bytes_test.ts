import { assertEquals } from "@std/assert";
import { readFile } from "@procctl/libc";
import { TemporaryFolder, testWith, tool } from "@procctl/testing";
import { type OnEvent, play, trace } from "./_testing_tracer.ts";
import type { SyscallEnterEvent, TracerSpawnOptions } from "./mod.ts";

const gcc = [tool("gcc")];

/** The bytes that a call is about to write: where they are, and how many. */
function buffersOf(event: SyscallEnterEvent): [bigint, number][] {
  const { name, args } = event;
  if (["write", "pwrite64", "sendto"].includes(name)) {
    return [[args[1]!, Number(args[2])]];
  }
  if (name !== "writev") return [];
  const { buffer } = event.readBytes(args[1]!, 16 * Number(args[2]));
  const words = new BigUint64Array(buffer);
  return Array.from(
    { length: words.length / 2 },
    (_, index) => [words[2 * index]!, Number(words[2 * index + 1])],
  );
}

/** Replaces a word in all that is written. */
const censor: OnEvent = (event) => {
  if (event.kind !== "syscall-enter") return;
  for (const [address, length] of buffersOf(event)) {
    const bytes = event.readBytes(address, length);
    const at = new TextDecoder("latin1").decode(bytes).indexOf("secret");
    if (at < 0) continue;
    event.writeBytes(address + BigInt(at), new Uint8Array(6).fill(0x2a));
  }
};

/** What a program writes that is traced. */
function outputOf(
  command: [string, ...string[]] | string,
  onEvent: OnEvent,
  options: TracerSpawnOptions = {},
): { output: string; code: number | undefined } {
  using folder = new TemporaryFolder();
  const path = folder.write("out", "");
  const all = { stdout: { path, access: "write" }, ...options } as const;
  const { tracer } = typeof command === "string"
    ? play(command, all, onEvent)
    : trace(command, all, onEvent);
  const output = new TextDecoder().decode(readFile(path));
  return { output, code: tracer.status?.code };
}

for (const syscalls of [undefined, ["write", "writev", "pwrite64", "sendto"]]) {
  const way = syscalls === undefined ? "" : ", with a filter";

  testWith(
    `a word is replaced in writev(2), pwrite64(2) and sendto(2), but not over two calls${way}`,
    gcc,
    () => {
      const options = syscalls === undefined ? {} : { syscalls };
      const { output, code } = outputOf("write-kinds", censor, options);
      const text = "the secret word\nby the ****** word\n";
      assertEquals(output.slice(0, text.length), text);
      assertEquals(output.slice(100), "the ****** word\n");
      // What it has received over the socket is not what it has sent.
      assertEquals(code, 3);
    },
  );

  testWith(
    `two threads that write one literal at once, and a forked child, each have their own${way}`,
    gcc,
    () => {
      const options = syscalls === undefined ? {} : { syscalls };
      assertEquals(
        outputOf("blocked-writers", censor, options).output,
        "the ****** word\nthe ****** word\nintact, the child's intact\n",
      );
    },
  );
}

for (const syscalls of [undefined, ["write"]]) {
  testWith(
    `children whose memory is a copy have their own bytes replaced${
      syscalls === undefined ? "" : ", with a filter"
    }`,
    gcc,
    () => {
      const options = syscalls === undefined ? {} : { syscalls };
      const { output, code } = outputOf("copying-children", censor, options);
      assertEquals(output, "the ****** word\n".repeat(3));
      assertEquals(code, 0);
    },
  );
}

Deno.test("the exec of a child of vfork(2) is changed, and its parent's memory is as before", () => {
  const paths: string[] = [];
  const { output } = outputOf(
    ["/bin/sh", "-c", "for i in 1 2 3; do /bin/false; echo $?; done"],
    (event) => {
      if (event.kind !== "syscall-enter" || event.name !== "execve") return;
      const address = event.args[0]!;
      paths.push(event.readString(address)!);
      const other = new TextEncoder().encode("/bin/true\0");
      if (paths.length === 1) event.setString(0, "/bin/true");
      if (paths.length === 2) event.writeBytes(address, other);
    },
  );
  assertEquals(paths, ["/bin/false", "/bin/false", "/bin/false"]);
  assertEquals(output, "0\n0\n1\n");
});

testWith(
  "a name that is replaced in memory that parent and child share is as it was",
  gcc,
  () => {
    let execs = 0;
    const { output } = outputOf("spawn-twice /bin/false", (event) => {
      if (event.kind !== "syscall-enter" || event.name !== "execve") return;
      const other = new TextEncoder().encode("/bin/true\0");
      if (execs++ === 0) event.writeBytes(event.args[0]!, other);
    });
    assertEquals(output, "0 same name\n1 same name\n");
  },
);

testWith(
  "text much longer than the program's own is written instead of it",
  gcc,
  () => {
    const text = "nothing to see\n".repeat(10_000);
    const { output } = outputOf("censor", (event) => {
      if (!("name" in event) || event.name !== "write") return;
      if (event.kind === "syscall-enter" && event.args[2] === 16n) {
        event.setString(1, text);
        event.args[2] = BigInt(text.length);
      } else if (event.kind === "syscall-exit" && event.result > 100n) {
        assertEquals(event.result, BigInt(text.length));
        event.result = 16n;
      }
    });
    assertEquals(output, `${text}16 intact\n`);
  },
);

testWith(
  "what is written at the exit of a call stays",
  gcc,
  () => {
    using folder = new TemporaryFolder();
    const path = folder.write("file", "content\n");
    const { output } = outputOf(`copy-out ${path}`, (event) => {
      if (event.kind !== "syscall-exit" || event.name !== "read") return;
      if (event.result !== 8n) return;
      event.writeBytes(event.args[1]!, new TextEncoder().encode("CONTENT"));
    });
    assertEquals(output, "CONTENT\nsame path\n");
  },
);

testWith(
  "bytes are the program's own again when a signal interrupts the call",
  gcc,
  () => {
    // The read() of the scenario is interrupted, and begins once more.
    const seen: [string, string][] = [];
    const mark = new TextEncoder().encode("MARK");
    const { code } = outputOf("restart", (event) => {
      if (!("name" in event) || event.name !== "read") return;
      if (event.kind === "syscall-enter" && event.args[2] === 8n) {
        seen.push(["enter", ownBytes(event)]);
        event.writeBytes(event.args[1]!, mark);
        assertEquals(ownBytes(event), seen[0]![1]);
      } else if (event.kind === "syscall-exit" && event.restart) {
        seen.push([event.restart, ownBytes(event)]);
      }
    });
    assertEquals(code, 0);
    assertEquals(seen.map(([what]) => what), ["enter", "ERESTARTSYS", "enter"]);
    assertEquals(new Set(seen.map(([, bytes]) => bytes)).size, 1);

    function ownBytes(event: Parameters<OnEvent>[0]): string {
      if (!("args" in event)) return "";
      return event.readBytes(event.args[1]!, 4).toHex();
    }
  },
);
