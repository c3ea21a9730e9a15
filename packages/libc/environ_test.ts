import { assertEquals, assertGreater, assertThrows } from "@std/assert";
import { runDeno } from "@procctl/testing";
import { encodeBytes } from "./encode.ts";
import { joinEntry } from "./encode_env.ts";
import { environ, environAddress, getenv } from "./environ.ts";

const ALL_ENV = ["--allow-ffi", "--allow-env"];

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Runs a program that prints one JSON value, and returns it. */
function evaluate(
  source: string,
  options: Parameters<typeof runDeno>[1] = {},
): unknown {
  const { stdout, stderr } = runDeno(
    `
    import { environ, environAddress, getenv, lazySymbols } from "@procctl/libc";

    const text = (bytes) => bytes && new TextDecoder().decode(bytes);
    const print = (value) => console.log(JSON.stringify(value));
    ${source}
    `,
    options,
  );
  assertEquals(stderr, "");
  return JSON.parse(stdout);
}

Deno.test("getenv() gives what Deno.env.get() gives, before and after a change", () => {
  const values = evaluate(
    `
    const values = () => [text(getenv("NAME")), Deno.env.get("NAME")];
    const before = values();
    Deno.env.set("NAME", "new");
    const after = values();
    Deno.env.delete("NAME");
    print([before, after, values()]);
    `,
    { flags: ALL_ENV, env: [...environ(), "NAME=old"] },
  );
  assertEquals(values, [["old", "old"], ["new", "new"], [null, null]]);
});

Deno.test("getenv() tells an empty value from none", () => {
  const values = evaluate(
    `print([getenv("EMPTY"), getenv("MISSING")].map(text));`,
    { env: [...environ(), "EMPTY="] },
  );
  assertEquals(values, ["", null]);
});

Deno.test("getenv() gives a value byte for byte", () => {
  const entry = joinEntry(encode("NAME"), new Uint8Array([0xff, 0x3d, 0x80]));
  const values = evaluate(`print([...getenv("NAME")]);`, {
    env: [...environ(), entry],
  });
  assertEquals(values, [0xff, 0x3d, 0x80]);
});

Deno.test("getenv() takes a name of bytes", () => {
  const name = new Uint8Array([0x4e, 0xff]);
  const value = evaluate(
    `print(text(getenv(new Uint8Array([0x4e, 0xff]))));`,
    { env: [...environ(), joinEntry(name, encode("found"))] },
  );
  assertEquals(value, "found");
});

Deno.test("getenv() finds nothing under the empty name", () => {
  assertEquals(getenv(""), undefined);
});

Deno.test("getenv() refuses a NUL and a lone surrogate", () => {
  for (const name of ["PATH\0", "\ud83d"]) {
    assertThrows(() => getenv(name), TypeError, "Cannot pass name");
  }
});

Deno.test("environ() gives the entries byte for byte, in order, with repeated keys", () => {
  const entries = [
    encode("A=1"),
    encode("NO_EQUALS_SIGN"),
    encode("A=2"),
    encode("="),
    encode(""),
    joinEntry(encode("B"), new Uint8Array([0xff, 0xfe])),
  ];
  const found = evaluate(`print(environ().map((entry) => [...entry]));`, {
    env: entries,
  }) as number[][];
  // Deno may add variables of its own after them.
  assertEquals(
    found.slice(0, entries.length),
    entries.map((entry) => [...entry]),
  );
});

Deno.test("environ() sees what Deno.env.set() and Deno.env.delete() do", () => {
  const counts = evaluate(
    `
    const count = () => environ().map(text).filter((e) => /^NEW\\d+=/.test(e)).length;
    const counts = [count()];
    // So many that C must move the vector.
    for (let i = 0; i < 1000; i++) Deno.env.set("NEW" + i, "value");
    counts.push(count());
    for (let i = 0; i < 1000; i += 2) Deno.env.delete("NEW" + i);
    counts.push(count());
    print(counts);
    `,
    { flags: ALL_ENV },
  );
  assertEquals(counts, [0, 1000, 500]);
});

Deno.test("environ() gives an empty list when every variable was deleted", () => {
  const values = evaluate(
    `
    for (const key of Object.keys(Deno.env.toObject())) Deno.env.delete(key);
    print([environ(), environAddress() === 0n]);
    `,
    { flags: ALL_ENV, env: { A: "1" } },
  );
  assertEquals(values, [[], false]);
});

Deno.test("environ() gives an empty list when the environment was cleared", () => {
  const values = evaluate(`
    const libc = lazySymbols({ clearenv: { parameters: [], result: "i32" } });
    libc.clearenv();
    print([environ(), String(environAddress()), text(getenv("PATH"))]);
  `);
  assertEquals(values, [[], "0", null]);
});

Deno.test("environ() needs no permission to read the environment", () => {
  const values = evaluate(
    `print([environ().some((entry) => text(entry) === "A=1"), text(getenv("A"))]);`,
    { flags: ["--allow-ffi", "--deny-env"], env: [...environ(), "A=1"] },
  );
  assertEquals(values, [true, "1"]);
});

Deno.test("environ() gives copies", () => {
  const [first] = environ();
  const copy = encodeBytes(first!, "entry");
  first!.fill(0);
  assertEquals(environ()[0], copy);
});

Deno.test("environAddress() gives the address of this process's entries", () => {
  assertGreater(environAddress(), 0n);
});
