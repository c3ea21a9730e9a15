import {
  assert,
  assertEquals,
  assertLess,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import {
  argvDumper,
  parseTextDump,
  run,
  runDeno,
  TemporaryFolder,
} from "@procctl/testing";
import { Arena } from "./arena.ts";
import { readCString, readMemory, writeMemory } from "./memory.ts";
import { SystemError } from "./system_error.ts";

const BLOCK_SIZE = 65536;

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** The addresses in a vector, the null pointer that ends it left out. */
function pointersAt(address: bigint, count: number): bigint[] {
  const vector = readMemory(address, 8 * (count + 1));
  const pointers = [...new BigUint64Array(vector.buffer)];
  assertEquals(pointers.pop(), 0n);
  return pointers;
}

Deno.test("Arena aligns what it sets aside to 16 bytes", () => {
  using arena = new Arena();
  for (const size of [1, 15, 16, 17, 0, 1000, BLOCK_SIZE + 1, 3]) {
    assertEquals(arena.allocate(size) % 16n, 0n);
  }
});

Deno.test("Arena fills what it sets aside with zeros", () => {
  using arena = new Arena();
  for (const size of [10, BLOCK_SIZE, 3 * BLOCK_SIZE + 1]) {
    assertEquals(readMemory(arena.allocate(size), size), new Uint8Array(size));
  }
});

Deno.test("Arena never gives the same memory twice, over many blocks", () => {
  using arena = new Arena();
  const pieces = Array.from({ length: 2000 }, (_, index) => {
    const size = (index * 7919) % 3000;
    return { start: arena.allocate(size), size, byte: index % 255 + 1 };
  });
  for (const { start, size, byte } of pieces) {
    writeMemory(start, new Uint8Array(size).fill(byte));
  }
  for (const { start, size, byte } of pieces) {
    assertEquals(readMemory(start, size), new Uint8Array(size).fill(byte));
  }
});

Deno.test("Arena gives memory up to the last byte of a block", () => {
  using arena = new Arena();
  const first = arena.allocate(BLOCK_SIZE - 16);
  const second = arena.allocate(16);
  assertEquals(second, first + BigInt(BLOCK_SIZE - 16));
  writeMemory(second, new Uint8Array(16).fill(1));
  const third = arena.allocate(1);
  writeMemory(third, new Uint8Array([2]));
  assertEquals(readMemory(second, 16), new Uint8Array(16).fill(1));
});

Deno.test("Arena gives an address for no bytes at all", () => {
  using arena = new Arena();
  const first = arena.allocate(0);
  const second = arena.bytes(new Uint8Array());
  assertNotEquals(first, 0n);
  assertNotEquals(first, second);
});

Deno.test("Arena refuses what is not a number of bytes", () => {
  using arena = new Arena();
  for (const size of [-1, 1.5, NaN, Infinity, 2 ** 53, 2 ** 64 + 4096]) {
    assertThrows(
      () => arena.allocate(size),
      RangeError,
      `Cannot allocate ${size} bytes: a size is a whole number, 0 or more`,
    );
  }
});

Deno.test("Arena throws ENOMEM when there is not that much memory, and goes on", () => {
  using arena = new Arena();
  const before = arena.cString(encode("before"));
  const error = assertThrows(() => arena.allocate(2 ** 52), SystemError);
  assertEquals([error.code, error.syscall], ["ENOMEM", "mmap"]);
  assertEquals(
    error.message,
    `Cannot map ${2 ** 52} bytes of memory: Cannot allocate memory: ENOMEM`,
  );
  const after = arena.cString(encode("after"));
  assertEquals(readCString(before), encode("before"));
  assertEquals(readCString(after), encode("after"));
});

Deno.test("Arena.bytes() copies what a view shows", () => {
  using arena = new Arena();
  const original = encode("0123456789");
  const address = arena.bytes(original.subarray(2, 5));
  original.fill(0);
  assertEquals(readMemory(address, 4), encode("234\0"));
});

Deno.test("Arena.cString() ends the string with a NUL", () => {
  using arena = new Arena();
  const first = arena.cString(encode("0123456789abcdef"));
  const second = arena.cString(new Uint8Array([0xff, 0x80]));
  assertEquals(readMemory(first, 17), encode("0123456789abcdef\0"));
  assertEquals(readCString(second), new Uint8Array([0xff, 0x80]));
  assertEquals(readCString(arena.cString(new Uint8Array())).length, 0);
});

Deno.test("Arena.cStringVector() ends the vector with a null pointer", () => {
  using arena = new Arena();
  assertEquals(pointersAt(arena.cStringVector([]), 0), []);
  const strings = [encode("a"), encode(""), new Uint8Array([0xff])];
  const pointers = pointersAt(arena.cStringVector(strings), 3);
  assertEquals(pointers.map(readCString), strings);
});

Deno.test("Arena.cStringVector() holds 10,000 strings", () => {
  using arena = new Arena();
  const strings = Array.from(
    { length: 10_000 },
    (_, index) => encode("x".repeat(index % 50) + index),
  );
  const pointers = pointersAt(arena.cStringVector(strings), strings.length);
  assertEquals(pointers.map(readCString), strings);
});

Deno.test("Arena.cStringVector() makes the argv and envp that the kernel reads", () => {
  // run() hands both to posix_spawn(3) in vectors of this kind.
  using folder = new TemporaryFolder();
  const dumper = folder.write("dumper", argvDumper(), 0o755);
  const argv = Array.from({ length: 5000 }, (_, index) => `argument ${index}`);
  const env = Array.from({ length: 5000 }, (_, index) => `KEY${index}=value`);
  const { stdoutBytes } = run([dumper, ...argv], { env });
  assertEquals(parseTextDump(stdoutBytes), {
    argv: [dumper, ...argv],
    env,
    path: dumper,
  });
});

Deno.test("Arena gives nothing after it was released", () => {
  const arena = new Arena();
  arena.allocate(1);
  arena[Symbol.dispose]();
  for (
    const use of [
      () => arena.allocate(1),
      () => arena.allocate(0),
      () => arena.bytes(encode("a")),
      () => arena.cString(encode("a")),
      () => arena.cStringVector([encode("a")]),
    ]
  ) {
    assertThrows(
      use,
      TypeError,
      "Cannot allocate in an arena that was released",
    );
  }
});

Deno.test("Arena is released at the end of its block by using", () => {
  let kept: Arena;
  {
    using arena = new Arena();
    arena.allocate(1);
    kept = arena;
  }
  assertThrows(() => kept.allocate(1), TypeError, "released");
});

Deno.test("Arena can be released without use", () => {
  new Arena()[Symbol.dispose]();
});

Deno.test("Arena released twice leaves memory alone that is another's by then", () => {
  const { code, stdout, stderr } = runDeno(`
    import { Arena, readMemory } from "@procctl/libc";

    const arena = new Arena();
    arena.allocate(1);
    arena[Symbol.dispose]();
    // The kernel gives the same addresses again.
    const addresses = Array.from({ length: 100 }, () => new Arena().allocate(1));
    arena[Symbol.dispose]();
    console.log(addresses.every((address) => readMemory(address, 1)[0] === 0));
  `);
  assertEquals([code, stdout, stderr], [0, "true\n", ""]);
});

Deno.test("Arena gives its memory back", () => {
  const MEBIBYTE = 1 << 20;
  const { stdout, stderr } = runDeno(`
    import { Arena, readFile } from "@procctl/libc";

    function size() {
      const status = new TextDecoder().decode(readFile("/proc/self/status"));
      return Number(/^VmSize:\\s+(\\d+) kB$/m.exec(status)[1]) * 1024;
    }
    function round() {
      using arena = new Arena();
      for (let i = 0; i < 20; i++) arena.allocate(${BLOCK_SIZE - 16});
      arena.allocate(${4 * MEBIBYTE});
    }
    for (let i = 0; i < 10; i++) round();
    const before = size();
    for (let i = 0; i < 1000; i++) round();
    console.log(size() - before);
  `);
  assertEquals(stderr, "");
  // A thousand leaks would be more than 5 GiB.
  assert(stdout !== "");
  assertLess(Number(stdout), 256 * MEBIBYTE);
});

Deno.test("Arena keeps its strings while garbage is collected", () => {
  const { stdout, stderr } = runDeno(
    `
    import { Arena, readCString, readMemory } from "@procctl/libc";

    const COUNT = 2000;
    const text = (index) => "string " + index + "x".repeat(index % 100);
    using arena = new Arena();
    const vector = arena.cStringVector(
      Array.from({ length: COUNT }, (_, i) => new TextEncoder().encode(text(i))),
    );
    for (let round = 0; round < 10; round++) {
      Array.from({ length: 5000 }, () => new Uint8Array(100).fill(0xff));
      gc();
    }
    const pointers = new BigUint64Array(readMemory(vector, 8 * COUNT).buffer);
    const kept = pointers.every((pointer, index) =>
      new TextDecoder().decode(readCString(pointer)) === text(index)
    );
    console.log(kept);
    `,
    { flags: ["--allow-ffi", "--v8-flags=--expose-gc"] },
  );
  assertEquals([stdout, stderr], ["true\n", ""]);
});
