import { assert, assertEquals, assertThrows } from "@std/assert";
import { SystemError } from "@procctl/libc";
import { TemporaryFolder, testWith, tool } from "@procctl/testing";
import { type SyscallEnterEvent, Tracer } from "./mod.ts";
import { callsOf, inShort, only, play, trace } from "./_testing_tracer.ts";

const gcc = [tool("gcc")];

Deno.test("a trace begins with the exec of the program and ends with its exit", () => {
  const { events, tracer } = trace(["/bin/true"]);
  const [first, second] = events;
  assert(first?.kind === "exec");
  assertEquals(
    [first.path, first.formerTid, first.pid],
    ["/bin/true", tracer.pid, tracer.pid],
  );
  assertEquals(inShort(second!), "< execve 0");
  assertEquals(inShort(events.at(-1)!), "exit 0");
  assertEquals(new Set(events.map(({ tid }) => tid)), new Set([tracer.pid]));
  // Nothing of what prepared the child, whose calls these would be.
  for (const name of ["prctl", "rt_sigprocmask", "seccomp", "execve"]) {
    assertEquals(
      only(events, "syscall-enter").filter((it) => it.name === name),
      [],
    );
  }
});

Deno.test("entry and exit of a system call take turns", () => {
  const { events } = trace(["/bin/true"]);
  const calls = events.slice(2, -1).map(inShort);
  assertEquals(calls.length % 2, 1);
  assertEquals(calls.at(-1), "> exit_group");
  for (let i = 0; i + 1 < calls.length; i += 2) {
    assertEquals(calls[i + 1]!.split(" ")[1], calls[i]!.slice(2));
  }
});

Deno.test("the status is that of the program", async () => {
  const { tracer } = trace(["/bin/sh", "-c", "exit 3"]);
  assertEquals(tracer.status?.code, 3);
  assertEquals(await tracer.child?.status, tracer.status);
  assert(tracer.status!.usage.peakMemory > 0);
});

testWith("death by SIGSEGV is told as the signal, then as the end", gcc, () => {
  const { events, tracer } = play("segfault");
  const [signal] = only(events, "signal");
  assertEquals(signal?.signal, "SIGSEGV");
  const SEGV_MAPERR = 1;
  assertEquals([signal!.info.code, signal!.info.address], [SEGV_MAPERR, 0x10n]);
  assertEquals(inShort(events.at(-1)!), "exit SIGSEGV");
  assertEquals(tracer.status?.signal, "SIGSEGV");
});

testWith("a system call that ends the task has no exit", gcc, () => {
  const { events } = play("kill-self");
  const end = only(events, "exit")[0];
  assertEquals([end?.signal, end?.unfinished], ["SIGKILL", "tgkill"]);
  assertEquals(callsOf(events, "tgkill").map(({ kind }) => kind), [
    "syscall-enter",
  ]);
});

Deno.test("an exec that fails is an error as any, and no exec event", () => {
  const script = "/nonexistent/x; /etc/passwd; exit 3";
  const { events } = trace(["/bin/sh", "-c", script]);
  const exits = only(events, "syscall-exit")
    .filter(({ name }) => name === "execve").map(({ errno }) => errno);
  assertEquals(exits, [undefined, "ENOENT", "EACCES"]);
  assertEquals(only(events, "exec").length, 1);
});

Deno.test("a program that is not there is an error, and leaves no child", () => {
  const error = assertThrows(
    () => Tracer.spawn("/nonexistent/program"),
    SystemError,
  );
  assertEquals([error.code, error.syscall], ["ENOENT", "execve"]);
});

Deno.test("of a script the exec tells the script, not what interprets it", () => {
  using folder = new TemporaryFolder();
  const script = folder.write("script", "#!/bin/sh\nexit 0\n", 0o755);
  const { events } = trace([script, "argument"]);
  const [exec] = only(events, "exec");
  assertEquals(exec?.path, script);
  assertEquals(
    exec!.argv.map((bytes) => new TextDecoder().decode(bytes)),
    ["/bin/sh", script, "argument"],
  );
});

Deno.test("calls with numbers that are none have them in their names", () => {
  const numbers = [1000, -1, 0x40000000 | 39];
  const script = numbers.map((nr) => `syscall(${nr});`).join("");
  const { events } = trace(["perl", "-e", script]);
  const enters = only(events, "syscall-enter")
    .filter(({ nr }) => numbers.includes(nr));
  assertEquals(enters.map(({ nr, name }) => [nr, name]), [
    [1000, "syscall_0x3e8"],
    [-1, "syscall_0xffffffffffffffff"],
    [0x40000027, "syscall_0x40000027"],
  ]);
  const exits = only(events, "syscall-exit")
    .filter(({ nr }) => numbers.includes(nr));
  assertEquals(exits.map(({ errno }) => errno), Array(3).fill("ENOSYS"));
});

Deno.test("arguments of a program are read byte by byte", () => {
  const args = [
    "",
    "two\nlines",
    new Uint8Array([0xff, 0xfe]),
    "x".repeat(100_000),
  ];
  const argvs: Uint8Array[][] = [];
  const script = 'exec /bin/true "$@"';
  const tracer = Tracer.spawn("/bin/sh", {
    args: ["-c", script, "sh", ...args],
  });
  for (const event of tracer) {
    if (event.kind === "exec") argvs.push([...event.argv]);
    if (event.kind !== "syscall-enter" || event.name !== "execve") continue;
    const words = event.readBytes(event.args[1]!, 8 * 6);
    const addresses = new BigUint64Array(words.buffer).slice(0, 5);
    argvs.push(
      [...addresses].map((address) =>
        event.readCString(address, { limit: 200_000 })!.bytes
      ),
    );
  }
  const bytes = (text: string | Uint8Array) =>
    typeof text === "string" ? new TextEncoder().encode(text) : text;
  const expected = ["/bin/true", ...args].map(bytes);
  assertEquals(argvs.length, 3);
  assertEquals(argvs[1], expected);
  assertEquals(argvs[2], expected);
});

Deno.test("an event is used again, and a copy is not", () => {
  const kept = new Set<unknown>();
  const copies = new Set<unknown>();
  let copy: SyscallEnterEvent | undefined;
  for (const event of Tracer.spawn("/bin/true")) {
    if (event.kind !== "syscall-enter") continue;
    kept.add(event);
    copy ??= event.copy();
    copies.add(event.copy());
  }
  assertEquals(kept.size, 1);
  assert(copies.size > 10);
  assert(copy !== undefined && copy.name !== "exit_group");
  assertThrows(
    () => copy!.readBytes(0, 1),
    TypeError,
    "the task has gone on, or the event is a copy",
  );
});

Deno.test("an event that is over refuses what needs the task", () => {
  let event;
  for (event of Tracer.spawn("/bin/true")) if (event.kind === "exec") break;
  assert(event?.kind === "exec");
  assertThrows(() => event.readBytes(0, 1), TypeError, 'the event "exec"');
});

Deno.test("options that cannot be used are refused before anything is started", () => {
  assertThrows(
    () => Tracer.spawn("true", { syscalls: ["openat", "opne"] }),
    TypeError,
    'Cannot tell of the system call "opne"',
  );
  assertThrows(
    // @ts-expect-error: it is none of them
    () => Tracer.spawn("true", { follow: "some" }),
    TypeError,
    'Cannot follow "some"',
  );
});

Deno.test("only the calls that are named are told", () => {
  const { events } = trace(["/bin/sh", "-c", "/bin/true"], {
    syscalls: ["openat", "execve"],
  });
  const names = only(events, "syscall-enter").map(({ name }) => name);
  assertEquals(new Set(names), new Set(["openat", "execve"]));
  assertEquals(
    only(events, "syscall-exit").length,
    // The first exec was entered before the trace began.
    names.length + 1,
  );
});

Deno.test("tracer and tracees can be kept on one processor", () => {
  const { events } = trace(["nproc"], { placement: "same" });
  const write = only(events, "syscall-enter").find(({ name }) =>
    name === "write"
  );
  assert(write !== undefined);
  const seen: string[] = [];
  for (
    const event of Tracer.spawn("nproc", { placement: "same", stdout: "null" })
  ) {
    if (event.kind !== "syscall-enter" || event.name !== "write") continue;
    seen.push(event.readString(event.args[1]!, { limit: 2 })!);
  }
  assertEquals(seen, ["1\n"]);
});
