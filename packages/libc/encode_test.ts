import {
  assertEquals,
  assertMatch,
  assertNotStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  checkRecord,
  encodeArgv,
  encodeBytes,
  encodeCString,
  encodeEnv,
  encodeKey,
  encodeList,
  encodePath,
  joinEntry,
  quote,
  terminate,
} from "./encode.ts";
import type { Env, PathLike, StringOrBytes } from "./types.ts";

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

/** What is neither a string nor bytes, and how an error calls it. */
const NEITHER: [value: unknown, description: string][] = [
  [undefined, "undefined"],
  [null, "null"],
  [1, "a number"],
  [1n, "a bigint"],
  [true, "a boolean"],
  [Symbol("a"), "a symbol"],
  [() => "a", "a function"],
  [new String("a"), "a value of type String"],
  [new ArrayBuffer(1), "a value of type ArrayBuffer"],
  [new DataView(new ArrayBuffer(1)), "a value of type DataView"],
  [new Uint16Array(1), "a value of type Uint16Array"],
  [["a"], "a value of type Array"],
  [{}, "a value of type Object"],
  [Object.create(null), "a value of type object"],
];

Deno.test("encodeBytes() encodes text as UTF-8", () => {
  assertEquals(encodeBytes("", "x"), bytes());
  assertEquals(encodeBytes("aé", "x"), bytes(0x61, 0xc3, 0xa9));
  assertEquals(encodeBytes("\u{1f600}", "x"), bytes(0xf0, 0x9f, 0x98, 0x80));
  assertEquals(encodeBytes("\ufeff", "x"), bytes(0xef, 0xbb, 0xbf));
});

Deno.test("encodeBytes() passes every byte but NUL as it is", () => {
  const all = Uint8Array.from({ length: 255 }, (_, index) => index + 1);
  assertEquals(encodeBytes(all, "x"), all);
});

Deno.test("encodeBytes() copies bytes", () => {
  const original = bytes(1, 2);
  const copy = encodeBytes(original, "x");
  original[0] = 9;
  assertNotStrictEquals(copy.buffer, original.buffer);
  assertEquals(copy, bytes(1, 2));
});

Deno.test("encodeBytes() takes a view of a larger buffer for what it shows", () => {
  const view = bytes(0, 1, 2, 0).subarray(1, 3);
  const copy = encodeBytes(view, "x");
  assertEquals(copy, bytes(1, 2));
  assertEquals(copy.buffer.byteLength, 2);
});

Deno.test("encodeBytes() takes bytes in shared memory", () => {
  const shared = new Uint8Array(new SharedArrayBuffer(2)).fill(7);
  assertEquals(encodeBytes(shared, "x"), bytes(7, 7));
});

Deno.test("encodeBytes() refuses a NUL, and says where it is", () => {
  for (const value of ["ab\0c", bytes(97, 98, 0, 99), "ab\0"]) {
    assertThrows(
      () => encodeBytes(value, "argv[2]"),
      TypeError,
      "Cannot pass argv[2] to the kernel: it contains a NUL byte at index 2",
    );
  }
});

Deno.test("encodeBytes() refuses a lone surrogate", () => {
  for (const value of ["\ud83d", "\ude00", "a\ud83db", "\ude00\ud83d"]) {
    assertThrows(
      () => encodeBytes(value, "argv[2]"),
      TypeError,
      "Cannot pass argv[2] to the kernel: it contains a lone surrogate",
    );
  }
});

Deno.test("encodeBytes() refuses what is neither text nor bytes, and says what it is", () => {
  for (const [value, description] of NEITHER) {
    assertThrows(
      () => encodeBytes(wrong<string>(value), "argv[2]"),
      TypeError,
      `Cannot pass argv[2] to the kernel: it is ${description}, not a string or Uint8Array`,
    );
  }
});

Deno.test("encodeBytes() refuses bytes whose buffer was transferred away", () => {
  const view = bytes(1, 2);
  view.buffer.transfer();
  assertThrows(() => encodeBytes(view, "argv[2]"), TypeError);
});

Deno.test("encodeCString() and terminate() end the bytes with one NUL", () => {
  assertEquals(encodeCString("ab", "x"), bytes(97, 98, 0));
  assertEquals(encodeCString("", "x"), bytes(0));
  assertEquals(terminate(bytes(0xff)), bytes(0xff, 0));
});

Deno.test("encodeCString() refuses a NUL within, by name", () => {
  assertThrows(
    () => encodeCString("a\0", "path"),
    TypeError,
    "Cannot pass path",
  );
});

Deno.test("encodePath() leaves text and bytes as they are", () => {
  for (const path of ["", ".", "a//b/../c", "~/x", "/a%20b", "/a?b#c"]) {
    assertEquals(encodePath(path), encodeBytes(path, "path"));
  }
  assertEquals(encodePath(bytes(0x2f, 0xff)), bytes(0x2f, 0xff));
});

Deno.test("encodePath() gives the path of a file URL", () => {
  for (
    const [url, path] of [
      ["file:///", "/"],
      ["file:///a/b", "/a/b"],
      ["file:///a/../b", "/b"],
      ["file:///a%20b c", "/a b c"],
      ["file:///é/%C3%A9", "/é/é"],
      ["file:///100%", "/100%"],
      ["file:///%zz%4", "/%zz%4"],
      ["file:///%25%32%66", "/%2f"],
      ["file:///a%3Fb%23c", "/a?b#c"],
      ["file:///a%0Ab", "/a\nb"],
      ["file://localhost/a", "/a"],
    ] as const
  ) {
    assertEquals(texts([encodePath(new URL(url))]), [path]);
  }
});

Deno.test("encodePath() turns a URL's escapes into bytes, UTF-8 or not", () => {
  assertEquals(
    encodePath(new URL("file:///%FF%fe%C3")),
    bytes(0x2f, 0xff, 0xfe, 0xc3),
  );
});

Deno.test("encodePath() refuses a URL that is not a local file's, and says why", () => {
  for (
    const [url, reason] of [
      ["http://a/b", '"http://a/b" is not a file: URL'],
      ["data:,a", '"data:,a" is not a file: URL'],
      ["file://host/a", '"file://host/a" names a host'],
      ["file:///a%2Fb", '"file:///a%2Fb" escapes a slash'],
      ["file:///a%2fb", '"file:///a%2fb" escapes a slash'],
      ["file:///a%00b", "it contains a NUL byte at index 2"],
    ] as const
  ) {
    assertThrows(
      () => encodePath(new URL(url), "cwd"),
      TypeError,
      `Cannot pass cwd to the kernel: ${reason}`,
    );
  }
});

Deno.test("encodePath() refuses a URL whose path a query or a fragment would cut short", () => {
  for (
    const url of [
      "file:///a?b",
      "file:///a?",
      "file:///a#b",
      "file:///a#",
      "file:///a?b#c",
    ]
  ) {
    assertThrows(
      () => encodePath(new URL(url)),
      TypeError,
      `Cannot pass path to the kernel: "${url}" has a query or a fragment: write %3F for ?, %23 for #`,
    );
  }
});

Deno.test("encodePath() refuses what is not a path", () => {
  for (const [value] of NEITHER) {
    assertThrows(
      () => encodePath(wrong<PathLike>(value)),
      TypeError,
      "Cannot pass path to the kernel: it is ",
    );
  }
});

Deno.test("encodeArgv() encodes each argument, the empty ones too", () => {
  assertEquals(
    encodeArgv(["a", "", bytes(0xff)]),
    [bytes(0x61), bytes(), bytes(0xff)],
  );
});

Deno.test("encodeArgv() refuses an empty list", () => {
  assertThrows(
    () => encodeArgv([]),
    TypeError,
    "Cannot pass argv to the kernel: it is empty, and programs expect their name in argv[0]",
  );
});

Deno.test("encodeArgv() and encodeList() refuse what is not an array", () => {
  for (
    const [value, description] of [
      ["ls -l", "a string"],
      [undefined, "undefined"],
      [new Set(["ls"]), "a value of type Set"],
      [{ length: 1, 0: "ls" }, "a value of type Object"],
      [bytes(97), "a value of type Uint8Array"],
    ] as const
  ) {
    for (const encode of [encodeArgv, encodeList]) {
      assertThrows(
        () => encode(wrong<string[]>(value), "argv"),
        TypeError,
        `Cannot pass argv to the kernel: it is ${description}, not an array`,
      );
    }
  }
});

Deno.test("encodeList() takes an empty list", () => {
  assertEquals(encodeList([], "args"), []);
});

Deno.test("encodeList() names the index of the value that it refuses", () => {
  const sparse: string[] = ["a"];
  sparse[2] = "c";
  for (
    const [list, message] of [
      [["a", "b\0"], "args[1] to the kernel: it contains a NUL"],
      [["\ud83d"], "args[0] to the kernel: it contains a lone surrogate"],
      [sparse, "args[1] to the kernel: it is undefined"],
      [["a", null], "args[1] to the kernel: it is null"],
      [["a", "b", 3], "args[2] to the kernel: it is a number"],
    ] as const
  ) {
    assertThrows(
      () => encodeList(wrong<StringOrBytes[]>(list), "args"),
      TypeError,
      `Cannot pass ${message}`,
    );
  }
});

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

Deno.test("quote() shows bytes on one line, in double quotes", () => {
  assertEquals(quote(encodeBytes('a "b"\n', "x")), '"a \\"b\\"\\n"');
  assertMatch(quote(bytes(0x61, 0xff)), /^"a\ufffd"$/);
});
