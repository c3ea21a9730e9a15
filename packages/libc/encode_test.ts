import {
  assertEquals,
  assertMatch,
  assertNotStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  encodeArgv,
  encodeBytes,
  encodeCString,
  encodeList,
  encodePath,
  quote,
  terminate,
} from "./encode.ts";
import type { PathLike, StringOrBytes } from "./types.ts";

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

Deno.test("encodeList() encodes texts alone as it does beside bytes", () => {
  const texts = ["", "a", "é", "", "😀 b", "\n", ""];
  const expected = texts.map((text) => encodeBytes(text, "text"));
  assertEquals(encodeList(texts, "args"), expected);
  const mixed = [...texts, bytes(0xff)];
  assertEquals(encodeList(mixed, "args"), [...expected, bytes(0xff)]);
});

Deno.test("encodeList() encodes what it has checked, though the list changes", () => {
  const list = ["a", "b"];
  let reads = 0;
  Object.defineProperty(list, 1, { get: () => reads++ === 0 ? "b" : "c\0d" });
  assertEquals(encodeList(list, "args"), [bytes(0x61), bytes(0x62)]);
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

Deno.test("quote() shows bytes on one line, in double quotes", () => {
  assertEquals(quote(encodeBytes('a "b"\n', "x")), '"a \\"b\\"\\n"');
  assertMatch(quote(bytes(0x61, 0xff)), /^"a\ufffd"$/);
});
