import { assertEquals, assertThrows } from "@std/assert";
import { encodeBytes } from "./encode.ts";
import { checkRecord, encodeEnv, encodeKey, joinEntry } from "./encode_env.ts";
import type { Env } from "./types.ts";

function bytes(...values: number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(values);
}

function texts(list: Uint8Array[]): string[] {
  return list.map((entry) => new TextDecoder().decode(entry));
}

/** What the types forbid, and JavaScript does not. */
function wrong<T>(value: unknown): T {
  return value as T;
}

Deno.test("encodeEnv() joins the keys and values of a record, in their order", () => {
  const env = { B: "2", A: bytes(0xff), EMPTY: "", É: "=é" };
  assertEquals(encodeEnv(env), [
    encodeBytes("B=2", "entry"),
    bytes(0x41, 0x3d, 0xff),
    encodeBytes("EMPTY=", "entry"),
    encodeBytes("É==é", "entry"),
  ]);
});

Deno.test("encodeEnv() takes an empty environment", () => {
  assertEquals(encodeEnv({}), []);
  assertEquals(encodeEnv([]), []);
});

Deno.test("encodeEnv() takes a record without a prototype", () => {
  const env = Object.assign(Object.create(null), { A: "1", toString: "2" });
  assertEquals(texts(encodeEnv(env)), ["A=1", "toString=2"]);
});

Deno.test("checkRecord() takes process.env of node:process", async () => {
  const { env } = await import("node:process");
  // Reading it needs --allow-env: that it is a record is all that is asked.
  checkRecord(env, "env");
});

Deno.test("encodeEnv() ignores symbols, and what every object inherits", () => {
  const env: Record<PropertyKey, string> = { A: "1", [Symbol("B")]: "2" };
  assertEquals(texts(encodeEnv(env)), ["A=1"]);
});

Deno.test("encodeEnv() passes raw entries as they are", () => {
  const entries = ["A=1", "A=2", "NO_EQUALS_SIGN", "=", "", "A=b=c"];
  assertEquals(texts(encodeEnv(entries)), entries);
  assertEquals(encodeEnv([bytes(0xff)]), [bytes(0xff)]);
});

Deno.test("encodeEnv() refuses what is not a plain record, and says what it is", () => {
  class Config {
    A = "1";
  }
  for (
    const [env, description] of [
      [null, "null"],
      [undefined, "undefined"],
      ["A=1", "a string"],
      [() => {}, "a function"],
      [new Map([["A", "1"]]), "a value of type Map"],
      [new Set(["A=1"]), "a value of type Set"],
      [new WeakMap(), "a value of type WeakMap"],
      [new Headers({ A: "1" }), "a value of type Headers"],
      [new URLSearchParams("A=1"), "a value of type URLSearchParams"],
      [new Date(), "a value of type Date"],
      [bytes(1), "a value of type Uint8Array"],
      [new Config(), "a value of type Config"],
      [Object.create({ A: "1" }), "a value of type Object"],
    ] as const
  ) {
    assertThrows(
      () => encodeEnv(wrong<Env>(env)),
      TypeError,
      `Cannot pass env to the kernel: it is ${description}, not a plain record of values by key`,
    );
  }
});

Deno.test("checkRecord() refuses an array", () => {
  assertThrows(
    () => checkRecord(["A=1"], "options.env"),
    TypeError,
    "Cannot pass options.env to the kernel: it is a value of type Array",
  );
});

Deno.test("encodeEnv() names the key or the index of what it refuses", () => {
  for (
    const [env, message] of [
      [{ A: "1", B: undefined }, 'env["B"] to the kernel: it is undefined'],
      [{ A: 1 }, 'env["A"] to the kernel: it is a number'],
      [{ A: "\0" }, 'env["A"] to the kernel: it contains a NUL'],
      [{ A: "\ud83d" }, 'env["A"] to the kernel: it contains a lone surrogate'],
      [{ 'a"b': null }, 'env["a\\"b"] to the kernel: it is null'],
      [{ "": "1" }, "env to the kernel: it has an empty key"],
      [{ "A=B": "1" }, 'env to the kernel: the key "A=B" contains "="'],
      [{ "=": "1" }, 'env to the kernel: the key "=" contains "="'],
      [
        { "A\0": "1" },
        'the key "A\\u0000" of env to the kernel: it contains a NUL',
      ],
      [
        { "\ud83d": "1" },
        'the key "\\ud83d" of env to the kernel: it contains a lone',
      ],
      [["A=1", "B=\0"], "env[1] to the kernel: it contains a NUL"],
      [["A=1", , "B=2"], "env[1] to the kernel: it is undefined"],
    ] as const
  ) {
    assertThrows(
      () => encodeEnv(wrong<Env>(env)),
      TypeError,
      `Cannot pass ${message}`,
    );
  }
});

Deno.test("encodeKey() encodes a key", () => {
  assertEquals(encodeKey("PATH", "env"), encodeBytes("PATH", "key"));
});

Deno.test("joinEntry() puts an equals sign between key and value", () => {
  assertEquals(joinEntry(bytes(0xff), bytes()), bytes(0xff, 0x3d));
  assertEquals(joinEntry(bytes(), bytes(0xfe)), bytes(0x3d, 0xfe));
});
