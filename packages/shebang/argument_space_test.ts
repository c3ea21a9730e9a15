import { assertEquals, assertThrows } from "@std/assert";
import { argumentSpace, type ArgumentSpaceOptions } from "./argument_space.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

/** The room for a program "p" with one argument of so many bytes. */
function space(bytes: number, options?: ArgumentSpaceOptions) {
  return argumentSpace("p", ["x".repeat(bytes)], {}, options);
}

Deno.test("argumentSpace() takes a quarter of the stack, from 128 KiB to 6 MiB", () => {
  const expected: [stackLimit: number, limit: number][] = [
    [0, 128 * KIB],
    [64 * KIB, 128 * KIB],
    [512 * KIB, 128 * KIB],
    [512 * KIB + 4, 128 * KIB + 1],
    [8 * MIB, 2 * MIB],
    [24 * MIB, 6 * MIB],
    [25 * MIB, 6 * MIB],
    [Infinity, 6 * MIB],
  ];
  for (const [stackLimit, limit] of expected) {
    assertEquals(space(0, { stackLimit }).limit, limit);
  }
  assertEquals(space(0).limit, 2 * MIB);
});

Deno.test("argumentSpace() counts strings with their NULs, and a pointer for each but the path", () => {
  const { used, free, limit } = argumentSpace("/bin/ä", ["a", "bc"], {
    A: "1",
  });
  assertEquals(used, 8 + 2 + 3 + 4 + 3 * 8);
  assertEquals(free, limit - used);
});

Deno.test("argumentSpace() counts the bytes that text becomes", () => {
  const text = "a é € 😀 \u{10ffff}";
  const bytes = new TextEncoder().encode(text);
  assertEquals(
    argumentSpace("p", [text], { [text]: text }),
    argumentSpace("p", [bytes], [`${text}=${text}`]),
  );
  assertEquals(
    space(0).used + bytes.length,
    argumentSpace("p", [text], {}).used,
  );
});

Deno.test("argumentSpace() counts one empty argument where there is none", () => {
  assertEquals(
    argumentSpace("p", [], []).used,
    argumentSpace("p", [""], []).used,
  );
});

Deno.test("argumentSpace() is full when nothing is left", () => {
  const stackLimit = 512 * KIB;
  const argv = ["x".repeat(64 * KIB), "y".repeat(64 * KIB - 20)];
  const full = argumentSpace("p", argv, {}, { stackLimit });
  assertEquals([full.free, full.fits, full.overflow], [0, true, undefined]);
  argv[0] += "x";
  const over = argumentSpace("p", argv, {}, { stackLimit });
  assertEquals([over.free, over.fits, over.overflow], [-1, false, "total"]);
});

Deno.test("argumentSpace() takes as many empty arguments as the kernel does", () => {
  for (
    const [stackLimit, most] of [[512 * KIB, 14_562], [
      8 * MIB,
      233_015,
    ]] as const
  ) {
    const fits = (count: number) =>
      argumentSpace("/bin/true", new Array(count).fill(""), [], { stackLimit })
        .fits;
    assertEquals([fits(most), fits(most + 1)], [true, false]);
  }
});

Deno.test("argumentSpace() lets one string have 32 pages with its NUL", () => {
  for (const pageSize of [4 * KIB, 16 * KIB, 64 * KIB]) {
    const options = { pageSize, stackLimit: Infinity };
    assertEquals(space(32 * pageSize - 1, options).fits, true);
    const { fits, overflow, largest } = space(32 * pageSize, options);
    assertEquals({ fits, overflow, largest }, {
      fits: false,
      overflow: "string",
      largest: { kind: "argument", index: 0, bytes: 32 * pageSize + 1 },
    });
  }
});

Deno.test("argumentSpace() names the largest string", () => {
  assertEquals(argumentSpace("/bin/sh", ["a", "b"], ["C=1"]).largest, {
    kind: "path",
    index: 0,
    bytes: 8,
  });
  assertEquals(argumentSpace("p", ["a", "bcd", "efg"], ["C=1"]).largest, {
    kind: "argument",
    index: 1,
    bytes: 4,
  });
  assertEquals(argumentSpace("p", ["a"], { A: "", PATH: "/é" }).largest, {
    kind: "variable",
    index: 1,
    bytes: 9,
  });
});

Deno.test("argumentSpace() adds what interpreters bring, without pointers", () => {
  const used = argumentSpace("./s", ["lost", "x"], []).used;
  const chain = [{ interpreter: "./t", args: ["-a"] }, { interpreter: "/i" }];
  // "lost" goes; "./t", "-a" and "./s" come; then "./t" goes again, and "/i"
  // and "./t" come.
  assertEquals(
    argumentSpace("./s", ["lost", "x"], [], { chain }).used,
    used - 5 + 4 + 3 + 4 - 4 + 3 + 4,
  );
});

Deno.test("argumentSpace() counts the time when it is most", () => {
  const chain = [{ interpreter: "/i" }];
  const argv = ["a long first argument that the interpreter replaces"];
  assertEquals(
    argumentSpace("s", argv, [], { chain }).used,
    argumentSpace("s", argv, []).used,
  );
});

Deno.test("argumentSpace() knows that a script can be too much for what fits without", () => {
  const stackLimit = 512 * KIB;
  const argv = ["./s", "x".repeat(65_000), "y".repeat(66_037)];
  const chain = [{ interpreter: "/bin/interpreter" }];
  assertEquals(argumentSpace("./s", argv, [], { stackLimit }).free, 1);
  const { fits, overflow } = argumentSpace("./s", argv, [], {
    stackLimit,
    chain,
  });
  assertEquals([fits, overflow], [false, "total"]);
});

Deno.test("argumentSpace() knows that a small stack has fewer pages", () => {
  // 2 bytes of the path, 8 that the kernel leaves.
  const most = (pages: number) => pages - 2 - 1 - 8;
  for (const [stackLimit, pages] of [[65_536, 65_536], [70_000, 69_632]]) {
    assertEquals(space(most(pages!), { stackLimit: stackLimit! }).fits, true);
    const over = space(most(pages!) + 1, { stackLimit: stackLimit! });
    assertEquals([over.fits, over.overflow], [false, "stack"]);
  }
  assertEquals(space(most(4096), { stackLimit: 0 }).fits, true);
  assertEquals(space(most(4096) + 1, { stackLimit: 0 }).overflow, "stack");
});

Deno.test("argumentSpace() warns of a stack that is hardly larger than its strings", () => {
  assertEquals(space(10).risky, false);
  assertEquals(space(10, { stackLimit: Infinity }).risky, false);
  assertEquals(space(10, { stackLimit: 16 * KIB }).risky, true);
  const { used } = space(1000);
  const stackLimit = used + 16 * KIB;
  assertEquals(space(1000, { stackLimit }).risky, false);
  assertEquals(space(1000, { stackLimit: stackLimit - 1 }).risky, true);
});

Deno.test("argumentSpace() throws for what is no size", () => {
  for (const stackLimit of [-1, 1.5, NaN, -Infinity]) {
    assertThrows(
      () => space(0, { stackLimit }),
      RangeError,
      `Cannot measure the argument space: stackLimit is ${stackLimit}, expected a number of bytes or Infinity`,
    );
  }
  for (const pageSize of [0, 1024, 5000, Infinity, NaN]) {
    assertThrows(
      () => space(0, { pageSize }),
      RangeError,
      `Cannot measure the argument space: pageSize is ${pageSize}, expected a power of two, 4096 or more`,
    );
  }
});

Deno.test("argumentSpace() throws for what no program can be given", () => {
  assertThrows(
    () => argumentSpace("p", ["a", "b\0"], {}),
    TypeError,
    "Cannot measure the argument space: argv[1] contains a NUL byte at index 1",
  );
  assertThrows(
    () => argumentSpace("p", [], {}, { chain: [{ interpreter: "\0" }] }),
    TypeError,
    "chain[0].interpreter contains a NUL byte",
  );
  assertThrows(() => argumentSpace("\0", [], {}), TypeError, "path contains");
});
