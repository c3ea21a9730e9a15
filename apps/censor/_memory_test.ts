import { assertEquals } from "@std/assert";
import { ProcessMemory, ptrace } from "@procctl/ptrace";
import { sleeper, TemporaryFolder } from "@procctl/testing";
import { Memory } from "./_memory.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Where the page of a small static program is empty, in every process. */
const PLACE = 0x400800;

/** A process that has a text in a page that it may only read. */
class Process implements Disposable {
  readonly pid: number;
  readonly #memory: ProcessMemory;

  constructor(text: string) {
    using folder = new TemporaryFolder();
    const program = folder.write("sleeper", sleeper(), 0o755);
    this.pid = ptrace.startTraced([program]);
    this.#memory = new ProcessMemory(this.pid);
    this.text = text;
  }

  /** What is there, to its first NUL. */
  get text(): string {
    return decoder.decode(this.#memory.readCString(PLACE).bytes);
  }
  set text(text: string) {
    this.#memory.write(PLACE, encoder.encode(`${text}\0`));
  }

  [Symbol.dispose](): void {
    this.#memory[Symbol.dispose]();
    ptrace.kill(this.pid);
    ptrace.waitFor(this.pid);
  }
}

Deno.test("bytes of several calls are put back each when no other call reads it", () => {
  using process = new Process("0123456789");
  const memory = new Memory(process.pid);
  const span = (from: number, to: number) => ({
    ...{ address: PLACE + from, length: to - from },
  });
  const one = memory.replace([span(0, 2), span(4, 8)]);
  assertEquals(process.text, "**23****89");
  const two = memory.replace([span(1, 3), span(5, 6), span(7, 9)]);
  assertEquals(process.text, "***3*****9");
  const bytes = new Uint8Array(10);
  assertEquals([memory.read(PLACE, bytes), decoder.decode(bytes)], [
    ...[10, "0123456789"],
  ]);
  memory.restore(one);
  assertEquals(process.text, "0**34*6**9");
  memory.restore(one);
  memory.restore(two);
  assertEquals(process.text, "0123456789");
  memory.leave();
});

Deno.test("what the program has written in the meantime is what is there", () => {
  using process = new Process("the secret word");
  const memory = new Memory(process.pid);
  const replacement = memory.replace([{ address: PLACE + 4, length: 6 }]);
  process.text = "the ***lic word";
  const bytes = new Uint8Array(15);
  memory.read(PLACE, bytes);
  assertEquals(decoder.decode(bytes), "the seclic word");
  memory.restore(replacement);
  assertEquals(process.text, "the seclic word");
  memory.leave();
});

Deno.test("a copy of memory gets back what was stars at any time while it was made", () => {
  using process = new Process("one two three");
  const memory = new Memory(process.pid);
  const span = (from: number, length: number) => [
    { address: PLACE + from, length },
  ];
  const before = memory.replace(span(0, 3));
  memory.restore(before);
  memory.beginCopy();
  const during = memory.replace(span(4, 3));
  // Here the kernel may make the copy.
  memory.restore(during);
  const still = memory.replace(span(8, 5));
  using copied = new Process("*** *** *****");
  memory.copy(copied.pid).leave();
  assertEquals(copied.text, "*** two three");
  memory.endCopy();
  memory.restore(still);
  using later = new Process("*** *** *****");
  memory.copy(later.pid).leave();
  assertEquals(later.text, "*** *** *****");
  memory.leave();
});

Deno.test("the memory of a process that is gone is empty", () => {
  const span = { address: PLACE, length: 4 };
  const bytes = new Uint8Array(4);
  const process = new Process("text");
  const memory = new Memory(process.pid);
  const replacement = memory.replace([span]);
  assertEquals(memory.read(PLACE, bytes), 4);
  process[Symbol.dispose]();
  assertEquals(memory.read(PLACE, bytes), 0);
  memory.restore(replacement);
  assertEquals(memory.replace([span]), []);
  memory.leave();
  assertEquals(new Memory(process.pid).read(PLACE, bytes), 0);
});
