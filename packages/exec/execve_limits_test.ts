import { assertEquals } from "@std/assert";
import { lazySymbols } from "@procctl/libc";
import { js, type Need, testWith } from "@procctl/testing";
import { assertFailures, outputOf } from "./_testing.ts";

const libc = lazySymbols({
  getpagesize: { parameters: [], result: "i32" },
  // int getrlimit(int resource, struct rlimit *)
  getrlimit: { parameters: ["i32", "buffer"], result: "i32" },
});

const RLIMIT_STACK = 3;

/** How long an argument may be is 32 pages, and the sizes here are for these. */
const smallPages: Need = () =>
  libc.getpagesize() === 4096 ? undefined : "needs pages of 4 KiB";

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
  const many = (count) => Array.from({ length: count }, () => big(131071));
  const count = (args) =>
    execve("/bin/sh", ["sh", "-c", 'echo "$#"', "sh", ...args], {});
`;

const MIB = 2 ** 20;
const UNLIMITED = "2n ** 64n - 1n";

testWith(
  "execve() passes an argument of 131071 bytes, and fails with E2BIG for one more",
  [smallPages],
  () => {
    assertFailures({
      "count([big(131072)])": "E2BIG",
      'execve("/bin/true", ["true"], { A: big(131070) })': "E2BIG",
    }, { setup: SETUP });
    assertEquals(outputOf("count([big(131071)])", { setup: SETUP }), "1\n");
    assertEquals(
      outputOf(
        `execve("/bin/sh", ["sh", "-c", 'echo "\${#A}"'], { A: big(131069) })`,
        { setup: SETUP },
      ),
      "131069\n",
    );
  },
);

testWith(
  "execve() fails with E2BIG when the strings fill a quarter of the stack's limit",
  [smallPages],
  () => {
    const setup = `${SETUP} setStack(${8 * MIB}n);`;
    assertFailures({ "count(many(16))": "E2BIG" }, { setup });
    assertEquals(outputOf("count(many(15))", { setup }), "15\n");
  },
);

testWith(
  "execve() fails with E2BIG at 6 MiB even where the stack is unlimited",
  [smallPages, unlimitedStack],
  () => {
    const setup = `${SETUP} setStack(${UNLIMITED});`;
    assertFailures({ "count(many(48))": "E2BIG" }, { setup });
    assertEquals(outputOf("count(many(47))", { setup }), "47\n");
  },
);

testWith(
  "execve() fails with E2BIG for 128 KiB under the smallest stack",
  [smallPages],
  () => {
    assertFailures({
      // The stack must have grown as far as it will before it is limited.
      'execve("/missing", many(1), {})': "ENOENT",
      "(setStack(65536n), count(many(1)))": "E2BIG",
    }, { setup: SETUP });
  },
);

testWith(
  "execve() says that a file is missing before it says that arguments are too long",
  [smallPages],
  () => {
    assertFailures({
      'execve("/missing", many(100), {})': "ENOENT",
      'execve("/dev/null", many(100), {})': "EACCES",
    }, { setup: SETUP });
  },
);
