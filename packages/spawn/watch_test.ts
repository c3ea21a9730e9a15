import { assertEquals } from "@std/assert";
import { closeFile, lazySymbols } from "@procctl/libc";
import { spawn } from "./spawn.ts";
import { DescriptorWatch } from "./watch.ts";

const libc = lazySymbols({
  // int pipe2(int pipefd[2], int flags)
  pipe2: { parameters: ["buffer", "i32"], result: "i32" },
  // ssize_t write(int fd, const void *buf, size_t count)
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  // ssize_t read(int fd, void *buf, size_t count)
  read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
});

const O_CLOEXEC = 0o2000000;

/** Both ends of a pipe, and what to do with them. */
function makePipe() {
  const ends = new Int32Array(new ArrayBuffer(8));
  libc.pipe2(ends, O_CLOEXEC);
  const [reader, writer] = [ends[0]!, ends[1]!];
  return {
    reader,
    put: () => libc.write(writer, new Uint8Array(1), 1n),
    take: () => libc.read(reader, new Uint8Array(1), 1n),
    [Symbol.dispose]() {
      closeFile(reader);
      closeFile(writer);
    },
  };
}

Deno.test("DescriptorWatch tells each time that a descriptor can be read", async () => {
  using pipe = makePipe();
  using watch = new DescriptorWatch(pipe.reader);
  for (let i = 0; i < 3; i++) {
    const readable = watch.readable(10_000);
    pipe.put();
    assertEquals(await readable, true);
    pipe.take();
    assertEquals(await watch.readable(1), false);
  }
});

Deno.test("DescriptorWatch tells what was there before it was asked", async () => {
  using pipe = makePipe();
  using watch = new DescriptorWatch(pipe.reader);
  assertEquals(await watch.readable(1), false);
  pipe.put();
  assertEquals(await watch.readable(10_000), true);
});

Deno.test("DescriptorWatch and a child are waited for at once", async () => {
  using pipe = makePipe();
  using watch = new DescriptorWatch(pipe.reader);
  const readable = watch.readable(10_000);
  const child = spawn("true");
  assertEquals((await child.status).code, 0);
  pipe.put();
  assertEquals(await readable, true);
});

Deno.test("DescriptorWatch tells who waits when it is disposed of, and leaves no timer", async () => {
  using pipe = makePipe();
  const watch = new DescriptorWatch(pipe.reader);
  const readable = watch.readable(2 ** 31 - 1);
  watch[Symbol.dispose]();
  assertEquals(await readable, false);
});
