import { assertEquals } from "@std/assert";
import { lazySymbols } from "@procctl/libc";
import { js, kernel, type Need, testWith } from "@procctl/testing";
import { assertFailures, outputOf } from "./_testing.ts";

const libc = lazySymbols({
  getpagesize: { parameters: [], result: "i32" },
  // int getrlimit(int resource, struct rlimit *)
  getrlimit: { parameters: ["i32", "buffer"], result: "i32" },
});

const RLIMIT_STACK = 3;

/** An argument may have 32 pages, with its NUL. */
const PAGES = 32 * libc.getpagesize();
const LONGEST = PAGES - 1;

/** The test lifts the limit of the stack altogether. */
const unlimitedStack: Need = () => {
  const limit = new BigUint64Array(2);
  libc.getrlimit(RLIMIT_STACK, limit);
  return limit[1] === 2n ** 64n - 1n
    ? undefined
    : "needs an unlimited hard limit of the stack";
};

/** Defines many(), the arguments, and setStack(), the limit they share in. */
const SETUP = js`
  const libc = lazySymbols({
    getrlimit: { parameters: ["i32", "buffer"], result: "i32" },
    setrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  });
  /** The soft limit alone: the hard one stays as it was. */
  function setStack(bytes) {
    const limit = new BigUint64Array(2);
    libc.getrlimit(${RLIMIT_STACK}, limit);
    limit[0] = bytes;
    if (libc.setrlimit(${RLIMIT_STACK}, limit) !== 0) throw new Error();
  }
  const big = (size) => "x".repeat(size);
  const many = (count) => Array.from({ length: count }, () => big(${LONGEST}));
  const count = (args) =>
    execve("/bin/sh", ["sh", "-c", 'echo "$#"', "sh", ...args], {});
`;

const MIB = 2 ** 20;
const UNLIMITED = "2n ** 64n - 1n";

Deno.test("execve() passes an argument of 32 pages with its NUL, and fails with E2BIG for one byte more", () => {
  // The variable's name and its "=" count as well.
  const [inEnv, tooLong] = [LONGEST - 2, LONGEST - 1];
  assertFailures({
    [`count([big(${LONGEST + 1})])`]: "E2BIG",
    [`execve("/bin/true", ["true"], { A: big(${tooLong}) })`]: "E2BIG",
  }, { setup: SETUP });
  const setup = SETUP;
  assertEquals(outputOf(`count([big(${LONGEST})])`, { setup }), "1\n");
  assertEquals(
    outputOf(
      `execve("/bin/sh", ["sh", "-c", 'echo "\${#A}"'], { A: big(${inEnv}) })`,
      { setup },
    ),
    `${inEnv}\n`,
  );
});

Deno.test("execve() fails with E2BIG when the strings fill a quarter of the stack's limit", () => {
  const setup = `${SETUP} setStack(${8 * MIB}n);`;
  const most = 2 * MIB / PAGES - 1;
  assertFailures({ [`count(many(${most + 1}))`]: "E2BIG" }, { setup });
  assertEquals(outputOf(`count(many(${most}))`, { setup }), `${most}\n`);
});

testWith(
  "execve() fails with E2BIG at 6 MiB even where the stack is unlimited",
  [unlimitedStack],
  () => {
    const setup = `${SETUP} setStack(${UNLIMITED});`;
    const most = 6 * MIB / PAGES - 1;
    assertFailures({ [`count(many(${most + 1}))`]: "E2BIG" }, { setup });
    assertEquals(outputOf(`count(many(${most}))`, { setup }), `${most}\n`);
  },
);

Deno.test("execve() fails with E2BIG for 128 KiB under the smallest stack", () => {
  assertFailures({
    // The stack must have grown as far as it will before it is limited.
    'execve("/missing", many(1), {})': "ENOENT",
    "(setStack(65536n), count(many(1)))": "E2BIG",
  }, { setup: SETUP });
});

// Before that kernel it is the other way round.
testWith(
  "execve() says that a file is missing before it says that arguments are too long",
  [kernel(6, 8)],
  () => {
    assertFailures({
      'execve("/missing", many(100), {})': "ENOENT",
      'execve("/dev/null", many(100), {})': "EACCES",
    }, { setup: SETUP });
  },
);
