import { assert, assertEquals, assertThrows } from "@std/assert";
import { readSignals, readSyscalls } from "./_trace_sets.ts";
import { UsageError } from "./_usage_error.ts";

Deno.test("readSyscalls() reads names, classes and regular expressions", () => {
  assertEquals(readSyscalls("read,write"), new Set(["read", "write"]));
  assert(readSyscalls("%network")?.has("connect"));
  assert(readSyscalls("/^getu?id$,read")?.has("getuid"));
  assert(!readSyscalls("/^getuid$")?.has("geteuid"));
});

Deno.test("readSyscalls() knows all, none, and what is not in a set", () => {
  assertEquals(readSyscalls("all"), undefined);
  assertEquals(readSyscalls("none"), new Set());
  assertEquals(readSyscalls("!all"), new Set());
  assertEquals(readSyscalls("!none")?.has("read"), true);
  const others = readSyscalls("!read,%file");
  assertEquals([others?.has("read"), others?.has("openat")], [false, false]);
  assertEquals(others?.has("write"), true);
});

Deno.test("readSyscalls() leaves out a call after a question mark", () => {
  assertEquals(readSyscalls("read,?no_such_call"), new Set(["read"]));
  assertThrows(() => readSyscalls("?%nothing,nothing"), UsageError);
});

Deno.test("readSyscalls() names what it does not know", () => {
  for (
    const [text, message] of [
      ["nothing", 'There is no system call "nothing"'],
      ["read,", 'There is no system call ""'],
      ["%nothing", 'There is no class of system calls "%nothing"'],
      ["/^nothing$", 'There is no system call like "^nothing$"'],
      ["/(", 'Cannot read the regular expression "("'],
    ] as const
  ) {
    assertThrows(() => readSyscalls(text), UsageError, message);
  }
});

Deno.test("readSignals() reads names with and without SIG, and numbers", () => {
  assertEquals(
    readSignals("INT,sigterm,9"),
    new Set(["SIGINT", "SIGTERM", "SIGKILL"]),
  );
  assertEquals(readSignals("!SIGCHLD")?.has("SIGCHLD"), false);
  assertEquals(readSignals("!SIGCHLD")?.has("SIGRTMIN+3"), true);
  assertEquals(readSignals("none"), new Set());
});

Deno.test("readSignals() names what it does not know", () => {
  assertThrows(
    () => readSignals("NOTHING"),
    UsageError,
    'There is no signal "NOTHING"',
  );
  assertThrows(() => readSignals("65"), UsageError, 'There is no signal "65"');
});
