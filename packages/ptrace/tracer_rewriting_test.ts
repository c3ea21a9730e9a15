import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { lazySymbols, readFile, SystemError } from "@procctl/libc";
import { syscallNumber } from "@procctl/syscalls";
import { type Need, TemporaryFolder, testWith, tool } from "@procctl/testing";
import type { SyscallEnterEvent, TracerSpawnOptions } from "./mod.ts";
import {
  type OnEvent,
  only,
  play,
  type Told,
  trace,
} from "./_testing_tracer.ts";

const libc = lazySymbols({
  // ssize_t readlink(const char *path, char *buf, size_t size)
  readlink: { parameters: ["buffer", "buffer", "usize"], result: "i32" },
});

const gcc = [tool("gcc")];
const x86: Need = () =>
  Deno.build.arch === "x86_64" ? undefined : "needs x86_64";
/** What unlink(3) calls. */
const UNLINK = Deno.build.arch === "x86_64" ? "unlink" : "unlinkat";
const SECRET = new TextEncoder().encode("secret");

/** Plays a scenario, and returns what it wrote. */
function written(
  command: string,
  onEvent: OnEvent,
  options: TracerSpawnOptions = {},
): { output: string } & Told {
  using folder = new TemporaryFolder();
  const path = folder.write("out", "");
  const stdout = { path, access: "write" } as const;
  const told = play(command, { stdout, ...options }, onEvent);
  return { output: new TextDecoder().decode(readFile(path)), ...told };
}

/** Does something at the entries of a call. */
function at(
  name: string,
  action: (event: SyscallEnterEvent) => void,
): OnEvent {
  return (event) => {
    if (event.kind === "syscall-enter" && event.name === name) action(event);
  };
}

/** The file that a call's first argument is a descriptor of. */
function pathOf({ pid, args: [fd] }: SyscallEnterEvent): string {
  const path = new TextEncoder().encode(`/proc/${pid}/fd/${fd}\0`);
  const target = new Uint8Array(4096);
  const size = libc.readlink(path, target, BigInt(target.length));
  return new TextDecoder().decode(target.subarray(0, size));
}

/** Replaces the word in what is about to be written. */
function censor(event: SyscallEnterEvent): void {
  const text = event.readBytes(event.args[1]!, Number(event.args[2]));
  const place = text.findIndex((_, start) =>
    SECRET.every((byte, i) => text[start + i] === byte)
  );
  if (place < 0) return;
  const address = event.args[1]! + BigInt(place);
  event.writeBytes(address, new TextEncoder().encode("******"));
}

testWith(
  "bytes are replaced for one call, and are the program's own again",
  gcc,
  () => {
    const { output } = written("censor", at("write", censor));
    assertEquals(output, "the ****** word\n16 intact\n");
  },
);

testWith(
  "a replacement may be shorter or longer, and the program is told its own length",
  gcc,
  () => {
    for (const word of ["no", "something else"]) {
      let length = 0;
      const { output } = written("censor", (event) => {
        if (event.kind === "syscall-enter" && event.name === "write") {
          const text = event.readString(event.args[1]!, {
            limit: Number(event.args[2]),
          })!;
          if (!text.includes("secret")) return;
          length = text.length;
          const other = text.replace("secret", word);
          event.setString(1, other);
          event.args[2] = BigInt(other.length);
        } else if (event.kind === "syscall-exit" && length > 0) {
          // A caller who is told less writes the rest.
          event.result = BigInt(length);
          length = 0;
        }
      });
      assertEquals(output, `the ${word} word\n16 intact\n`);
    }
  },
);

testWith(
  "two threads that write the same text are both censored, and a child is not",
  gcc,
  () => {
    const { output } = written("blocked-writers", at("write", censor));
    assertEquals(
      output,
      "the ****** word\nthe ****** word\nintact, the child's intact\n",
    );
  },
);

testWith(
  "what a program opens is another file, and its own path is as it was",
  gcc,
  () => {
    using folder = new TemporaryFolder();
    const [one, two] = ["one", "two"].map((name) =>
      folder.write(name, `${name}\n`)
    );
    for (const syscalls of [undefined, ["openat"]]) {
      const { output } = written(
        `copy-out ${one}`,
        at("openat", (event) => {
          if (event.readString(event.args[1]!) === one) {
            event.setString(1, two!);
          }
        }),
        syscalls && { syscalls },
      );
      assertEquals(output, "two\nsame path\n");
    }
  },
);

Deno.test("what a program opens is another file before and after its exec", () => {
  using folder = new TemporaryFolder();
  const one = folder.write("one", "echo one\n");
  const two = folder.write("two", "echo two\n");
  const path = folder.write("out", "");
  const script = `. ${one}; exec cat ${one}`;
  trace(
    ["sh", "-c", script],
    { stdout: { path, access: "write" } },
    at("openat", (event) => {
      if (event.readString(event.args[1]!) === one) event.setString(1, two);
    }),
  );
  assertEquals(new TextDecoder().decode(readFile(path)), "two\necho two\n");
});

Deno.test("a program that is executed is another one", () => {
  const { events, tracer } = trace(
    ["sh", "-c", "/bin/false; exit $?"],
    {},
    at("execve", (event) => event.setString(0, "/bin/true")),
  );
  const [, exec] = only(events, "exec");
  assertEquals([exec?.path, tracer.status?.code], ["/bin/true", 0]);
});

testWith(
  "a call that is skipped is not made, and seems to have been",
  gcc,
  () => {
    using folder = new TemporaryFolder();
    const path = folder.write("file", "content");
    const { tracer } = play(
      `delete ${path}`,
      {},
      at(UNLINK, (it) => it.skip()),
    );
    assertEquals(tracer.status?.code, 0);
    assertEquals(new TextDecoder().decode(readFile(path)), "content");
  },
);

testWith(
  "a call fails where a rule says so, here the third write to some files",
  gcc,
  () => {
    using folder = new TemporaryFolder();
    const files = ["a.txt", "b.db", "c.db"].map((name) => folder.join(name));
    const counts = new Map<string, number>();
    const { output } = written(
      `write-thrice ${files.join(" ")}`,
      (event) => {
        if (event.kind !== "syscall-enter" || event.name !== "write") return;
        const path = pathOf(event);
        if (!/\.db$/.test(path)) return;
        const count = (counts.get(path) ?? 0) + 1;
        counts.set(path, count);
        if (count === 3) event.fail("ENOSPC");
      },
    );
    assertEquals(output, "5 5 5 \n5 5 -28 \n5 5 -28 \n");
    assertEquals(
      files.map((file) => readFile(file).length),
      [15, 10, 10],
    );
  },
);

Deno.test("a call returns what the tracer says", () => {
  const script = 'print getppid(), "\\n"';
  using folder = new TemporaryFolder();
  const path = folder.write("out", "");
  trace(
    ["perl", "-e", script],
    { stdout: { path, access: "write" } },
    (event) => {
      if (event.kind !== "syscall-exit" || event.name !== "getppid") return;
      event.result = 4242n;
      assertEquals(event.result, 4242n);
    },
  );
  assertEquals(new TextDecoder().decode(readFile(path)), "4242\n");
});

Deno.test("two rules change one call", () => {
  using folder = new TemporaryFolder();
  const path = folder.write("out", "");
  const first: OnEvent = at("write", (event) => {
    event.setString(1, "the first one\n");
  });
  const second: OnEvent = at("write", (event) => {
    // It sees what the first one did.
    const text = event.readString(event.args[1]!, { limit: 14 })!;
    event.setString(1, text.replace("first", "other"));
  });
  trace(
    ["echo", "what it says!"],
    { stdout: { path, access: "write" } },
    (event, tracer) => {
      first(event, tracer);
      second(event, tracer);
    },
  );
  assertEquals(new TextDecoder().decode(readFile(path)), "the other one\n");
});

testWith(
  "another call is made at the entry and at the exit of one, and does not change it",
  gcc,
  () => {
    const results: bigint[] = [];
    const { output, tracer } = written("censor", (event) => {
      if (event.kind !== "syscall-enter" && event.kind !== "syscall-exit") {
        return;
      }
      if (event.name !== "write") return;
      results.push(event.call("getpid"));
      assertThrows(() => event.call("fork"), TypeError, 'Cannot call "fork"');
      assertThrows(
        () => event.call("nonsense"),
        TypeError,
        "no such system call",
      );
    });
    assertEquals(output, "the secret word\n16 intact\n");
    assertEquals(results, Array(4).fill(BigInt(tracer.pid)));
  },
);

testWith(
  "a task that is killed while it makes another call is told to have ended",
  gcc,
  () => {
    const { tracer } = play("busy", {}, (event, tracer) => {
      if (event.kind !== "syscall-enter" || event.name !== "gettid") return;
      tracer.kill();
      const error = assertThrows(() => event.call("getppid"), SystemError);
      assertEquals(error.code, "ESRCH");
      // The event is over, and says so.
      assertThrows(() => event.readBytes(0, 1), TypeError);
    });
    assertEquals(tracer.status?.signal, "SIGKILL");
  },
);

testWith("calls by int 0x80 are told by their own names, and changed", [
  ...gcc,
  x86,
], () => {
  const { events, output } = written("int80", (event) => {
    if (event.kind !== "syscall-enter" || event.abi !== "i386") return;
    if (event.name === "write") {
      assertEquals(event.readString(event.args[1]!), "by int 0x80\n");
      event.setString(1, "BY INT 0X80\n");
    }
  });
  assertEquals(output, "BY INT 0X80\n");
  const names = events.filter((event) =>
    event.kind === "syscall-enter" && event.abi === "i386"
  ).map((event) => (event as SyscallEnterEvent).name);
  assertEquals(names, ["write", "getpid"]);
});

testWith(
  "the registers of a program are its own after a changed call",
  gcc,
  () => {
    const mark = 0x5eed;
    // A call without arguments, and with the same result in both programs.
    const number = syscallNumber("getppid");
    const command = `registers native 3 ${number} 1 2 3 4 5 ${mark}`;
    const plain = written(command, () => {});
    const changed = written(
      command,
      (event) => {
        if (
          event.kind !== "syscall-enter" || event.args[5] !== BigInt(mark)
        ) return;
        event.call("getuid");
        event.args[0] = 77n;
        event.args[4] = 78n;
      },
    );
    // The address after the call is in a register on x86_64, and may differ.
    const masked = (text: string) =>
      text.replaceAll(/=[0-9a-f]{4,}\b/g, "=ADDRESS");
    assertEquals(masked(changed.output), masked(plain.output));
    assertMatch(plain.output, new RegExp(`^(${Deno.pid}\\b.*\n){3}$`));
  },
);
