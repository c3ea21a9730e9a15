import { assertEquals, assertThrows } from "@std/assert";
import { TemporaryFolder, testWith, tool } from "@procctl/testing";
import type { SyscallEnterEvent } from "./mod.ts";
import { callsOf, only, play } from "./_testing_tracer.ts";

const gcc = [tool("gcc")];

/** What a function makes of the entries of a call, in order. */
function atEntries<T>(
  scenario: string,
  name: string,
  look: (event: SyscallEnterEvent) => T,
): T[] {
  const seen: T[] = [];
  using folder = new TemporaryFolder();
  const path = folder.write("out", "");
  // To /dev/null anything can be written, also what is nowhere.
  play(scenario, { stdout: { path, access: "write" } }, (event) => {
    if (event.kind !== "syscall-enter" || event.name !== name) return;
    seen.push(look(event));
  });
  return seen;
}

testWith("a string is read up to where memory ends", gcc, () => {
  const strings = atEntries("page-end", "openat", (event) => {
    const { bytes, end } = event.readCString(event.args[1]!)!;
    return [new TextDecoder().decode(bytes), end];
  });
  assertEquals(strings.slice(-2), [
    ["/nonexistent/at-the-end", "nul"],
    ["/withx", "unmapped"],
  ]);
});

testWith("bytes are read as far as they are there", gcc, () => {
  const [bytes] = atEntries(
    "page-end",
    "write",
    (event) => event.readBytes(event.args[1]!, Number(event.args[2])),
  );
  assertEquals(new TextDecoder().decode(bytes), "/withx");
});

testWith("3 MiB are read as they are", gcc, () => {
  const [bytes] = atEntries(
    `write-much ${3 << 20}`,
    "write",
    (event) => event.readBytes(event.args[1]!, Number(event.args[2])),
  );
  assertEquals(bytes!.length, 3 << 20);
  assertEquals(bytes!.findIndex((byte, i) => byte !== i % 251), -1);
});

testWith("at pointers to nothing there is nothing, and no error", gcc, () => {
  const seen = atEntries("odd-pointers", "openat", (event) => [
    event.args[1],
    event.readString(event.args[1]!),
    event.readCString(event.args[1]!),
    event.readBytes(event.args[1]!, 8).length,
  ]).slice(-7);
  const odd = [0n, 1n, 0xfffn, 0x400000000000n, 0x800000000000n];
  const negative = [-4096n, -1n].map((it) => BigInt.asUintN(64, it));
  assertEquals(
    seen,
    [...odd, ...negative].map((it) => [it, undefined, undefined, 0]),
  );
});

testWith(
  "the limit of a string is kept, and numbers out of range are refused",
  gcc,
  () => {
    const [text] = atEntries("censor", "write", (event) => {
      assertThrows(() => event.readBytes(-1, 1), RangeError);
      assertThrows(() => event.readBytes(0, -1), RangeError);
      assertThrows(() => event.readBytes(0, 1.5), RangeError);
      assertEquals(event.readBytes(event.args[1]!, 0).length, 0);
      const bytes = new Uint8Array(4);
      assertEquals(event.readInto(event.args[1]!, bytes), 4);
      assertEquals(bytes, event.readBytes(event.args[1]!, 4));
      assertEquals(event.readInto(0, bytes), 0);
      assertThrows(
        () => event.readInto(0, [] as unknown as typeof bytes),
        TypeError,
      );
      return event.readString(event.args[1]!, { limit: 10 });
    });
    assertEquals(text, "the secret");
  },
);

testWith("arguments and results of 64 bits are exact", gcc, () => {
  const { events } = play("wide-numbers");
  const [seek, wrong] = only(events, "syscall-enter")
    .filter(({ name }) => name === "lseek");
  assertEquals(seek?.args[1], 0x7fffffffffffn);
  assertEquals(wrong?.args[1], 0xffffffffffffffffn);
  const results = only(events, "syscall-exit")
    .filter(({ name }) => name === "lseek").map(({ result }) => result);
  assertEquals(results, [0x7fffffffffffn, -22n]);
  const mapped = callsOf(events, "mmap").filter((event) =>
    event.args[0] === 0x7e0000000000n
  );
  assertEquals(mapped.map((event) => "result" in event && event.result), [
    false,
    0x7e0000000000n,
  ]);
});

testWith("what is written at an exit stays", gcc, () => {
  const { tracer } = play("restart", {}, (event) => {
    if (event.kind !== "syscall-exit" || event.name !== "read") return;
    if (event.result !== 5n) return;
    event.writeBytes(event.args[1]!, new TextEncoder().encode("other"));
    assertEquals(event.readString(event.args[1]!, { limit: 5 }), "other");
  });
  assertEquals(tracer.status?.code, 0);
});
