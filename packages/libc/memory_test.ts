import { assertEquals, assertThrows } from "@std/assert";
import { run, runDeno } from "@procctl/testing";
import { Arena } from "./arena.ts";
import {
  addressOf,
  pageSize,
  readCString,
  readMemory,
  writeMemory,
} from "./memory.ts";

Deno.test("readMemory() copies what lies at an address", () => {
  const buffer = new Uint8Array([1, 2, 3, 4]);
  const copy = readMemory(addressOf(buffer) + 1n, 2);
  buffer.fill(9);
  assertEquals(copy, new Uint8Array([2, 3]));
});

Deno.test("readMemory() does not touch the address when it reads no bytes", () => {
  assertEquals(readMemory(0n, 0), new Uint8Array());
});

Deno.test("readMemory() refuses what is not a number of bytes", () => {
  const address = addressOf(new Uint8Array(16));
  for (const size of [-1, 1.5, NaN, Infinity, 2 ** 53]) {
    assertThrows(
      () => readMemory(address, size),
      RangeError,
      `Cannot read ${size} bytes: a size is a whole number, 0 or more`,
    );
  }
});

Deno.test("readMemory() refuses more bytes than an array can hold", () => {
  const address = addressOf(new Uint8Array(16));
  assertThrows(() => readMemory(address, 2 ** 52), RangeError);
});

Deno.test("writeMemory() writes what a view shows, and nothing beside it", () => {
  const target = new Uint8Array(4);
  const source = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
  writeMemory(addressOf(target) + 1n, source);
  assertEquals(target, new Uint8Array([0, 2, 3, 0]));
});

Deno.test("writeMemory() does not touch the address when it writes no bytes", () => {
  writeMemory(0n, new Uint8Array());
});

Deno.test("readCString() reads up to the first NUL, whatever the bytes", () => {
  using arena = new Arena();
  const bytes = new Uint8Array([0x61, 0xff, 0x80, 0, 0x62]);
  const address = arena.bytes(bytes);
  assertEquals(readCString(address), bytes.subarray(0, 3));
  assertEquals(readCString(address + 3n), new Uint8Array());
});

Deno.test("readCString() reads a long string whole", () => {
  using arena = new Arena();
  const long = new Uint8Array(1_000_000).fill(0x61);
  assertEquals(readCString(arena.cString(long)).length, long.length);
});

Deno.test("addressOf() gives the address of what a view shows", () => {
  const buffer = new Uint8Array(16);
  assertEquals(addressOf(buffer.subarray(5)), addressOf(buffer) + 5n);
});

Deno.test("addressOf() gives an address that C can write to", () => {
  const buffer = new Uint8Array(3);
  writeMemory(addressOf(buffer), new Uint8Array([7, 8, 9]));
  assertEquals(buffer, new Uint8Array([7, 8, 9]));
});

Deno.test("addressOf() gives an address that garbage collections do not change", () => {
  const { stdout, stderr } = runDeno(
    `
    import { addressOf } from "@procctl/libc";

    const buffers = [1, 8, 64, 4096, 1 << 20].map((size) => new Uint8Array(size));
    const before = buffers.map(addressOf);
    for (let round = 0; round < 20; round++) {
      Array.from({ length: 1000 }, () => new Uint8Array(64));
      gc();
    }
    buffers.forEach((buffer) => buffer.buffer);
    console.log(buffers.every((buffer, i) => addressOf(buffer) === before[i]));
    `,
    { flags: ["--allow-ffi", "--v8-flags=--expose-gc"] },
  );
  assertEquals([stdout, stderr], ["true\n", ""]);
});

Deno.test("pageSize() is what getconf(1) says", () => {
  assertEquals(run(["getconf", "PAGESIZE"]).stdout, `${pageSize()}\n`);
});
