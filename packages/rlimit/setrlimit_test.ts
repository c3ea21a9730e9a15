import { assertEquals, assertMatch } from "@std/assert";
import { answerOf, runChild } from "./_testing.ts";

const EPERM_RAISE =
  'SystemError: Cannot set the limit "nofile" to 50:101: raising the hard limit, which is 100, needs CAP_SYS_RESOURCE, and this process does not have it: EPERM';

Deno.test("setrlimit() sets both limits to a bare value of each type", () => {
  const answer = answerOf(`
    const set = (value) => {
      setrlimit("core", value);
      return getrlimit("core");
    };
    answer([Infinity, "1GiB", 2n ** 20n, 4096, "1K", 0].map((value) =>
      attempt(() => set(value))));
  `);
  const sizes = [2 ** 30, 2 ** 20, 4096, 1024, 0];
  assertEquals(
    answer.slice(1),
    sizes.map((size) => ({ soft: size, hard: size })),
  );
});

Deno.test("setrlimit() keeps the other side exactly, also above 2^53", () => {
  const answer = answerOf(`
    const hard = 2n ** 63n + 12345n;
    prlimit64(0, RLIMIT_DATA, { soft: 2n ** 62n + 1n, hard });
    setrlimit("data", { soft: 2n ** 62n + 7n });
    const first = prlimit64(0, RLIMIT_DATA);
    setrlimit("data", { hard: 2n ** 63n + 11n });
    const second = prlimit64(0, RLIMIT_DATA);
    setrlimit("data", { soft: "1TiB" });
    answer([first, second, prlimit64(0, RLIMIT_DATA)]);
  `);
  const soft = `${2n ** 62n + 7n}n`;
  assertEquals(answer, [
    { soft, hard: `${2n ** 63n + 12345n}n` },
    { soft, hard: `${2n ** 63n + 11n}n` },
    { soft: `${2n ** 40n}n`, hard: `${2n ** 63n + 11n}n` },
  ]);
});

Deno.test("setrlimit() says that the soft limit is above the hard one, as the kernel does", () => {
  const answer = answerOf(`
    answer([
      attempt(() => setrlimit("nofile", { soft: 101, hard: 100 })),
      attempt(() => {
        setrlimit("nofile", { soft: 50, hard: 100 });
        setrlimit("nofile", { soft: 101 });
      }),
      attempt(() => setrlimit("nofile", { hard: 49 })),
      // The kernel compares the two before it looks at fs.nr_open.
      attempt(() => setrlimit("nofile", { soft: Infinity, hard: 2 ** 40 })),
      getrlimit("nofile"),
    ]);
  `);
  const error = (limits: string) =>
    `SystemError: Cannot set the limit "nofile" to ${limits}: the soft limit is above the hard limit: EINVAL`;
  assertEquals(answer, [
    error("101:100"),
    error("101:100"),
    error("50:49"),
    error(`unlimited:${2 ** 40}`),
    { soft: 50, hard: 100 },
  ]);
});

Deno.test("setrlimit() says that a hard limit of open files is above fs.nr_open, which it names", () => {
  const answer = answerOf(`
    const most = Number(text("/proc/sys/fs/nr_open"));
    answer([
      most,
      attempt(() => setrlimit("nofile", { soft: 10, hard: most + 1 })),
      attempt(() => setrlimit("nofile", "unlimited")),
      getrlimit("nofile").hard <= most,
    ]);
  `);
  const [most, above, unlimited, asBefore] = answer;
  const reason = `the hard limit is above fs.nr_open, which is ${most}: EPERM`;
  assertEquals([above, unlimited, asBefore], [
    `SystemError: Cannot set the limit "nofile" to 10:${most + 1}: ${reason}`,
    `SystemError: Cannot set the limit "nofile" to unlimited:unlimited: ${reason}`,
    true,
  ]);
});

Deno.test("setrlimit() says that raising a hard limit needs a capability, which an ordinary user has not", () => {
  const answer = answerOf(`
    setrlimit("nofile", { soft: 50, hard: 100 });
    becomeOrdinary();
    answer([
      attempt(() => setrlimit("nofile", { hard: 101 })),
      attempt(() => setrlimit("nofile", { soft: 100 })),
      attempt(() => setrlimit("nofile", { soft: 10, hard: 100 })),
      attempt(() => setrlimit("nofile", 100)),
      getrlimit("nofile"),
    ]);
  `);
  const both = { soft: 100, hard: 100 };
  assertEquals(answer, [EPERM_RAISE, "done", "done", "done", both]);
});

Deno.test("setrlimit() raises a hard limit with CAP_SYS_RESOURCE, and says that it lacks it without", () => {
  const { may, result, limit } = answerOf(`
    const capabilities = BigInt("0x" + /^CapEff:\\s*(\\w+)/m.exec(text("/proc/self/status"))[1]);
    const initial = /^\\s*0\\s+0\\s+4294967295$/.test(text("/proc/self/uid_map").trimEnd());
    setrlimit("nofile", { soft: 50, hard: 100 });
    answer({
      may: (capabilities >> 24n & 1n) === 1n && initial,
      result: attempt(() => setrlimit("nofile", { hard: 101 })),
      limit: getrlimit("nofile").hard,
    });
  `);
  if (may) assertEquals([result, limit], ["done", 101]);
  else {
    assertMatch(result, /needs CAP_SYS_RESOURCE, and this process does not/);
    assertEquals(limit, 100);
  }
});

Deno.test("setrlimit() names the rule where no descriptor is left to read fs.nr_open by", () => {
  const answer = answerOf(`
    attempt(() => setrlimit("nofile", { soft: 2, hard: 1 }));
    setrlimit("nofile", { soft: 0, hard: 100 });
    const failed = attempt(() => setrlimit("nofile", { hard: 2 ** 40 }));
    setrlimit("nofile", { soft: 100 });
    answer(failed);
  `);
  assertEquals(
    answer,
    `SystemError: Cannot set the limit "nofile" to 0:${2 ** 40}: ` +
      "the hard limit is above fs.nr_open, which cannot be read, " +
      "or raising it needs CAP_SYS_RESOURCE: EPERM",
  );
});

Deno.test("setrlimit() refuses bad input before any system call, and says which", () => {
  const cases: [unknown, unknown, RegExp][] = [
    ["NOFILE", 1, /^TypeError: Cannot use "NOFILE" as a resource: expected/],
    ["toString", 1, /^TypeError: Cannot use "toString" as a resource/],
    [7, 1, /^TypeError: Cannot use 7 as a resource/],
    ["nofile", undefined, /^NotCapable/],
    ["nofile", null, /^TypeError: Cannot change the limit "nofile" to null/],
    [
      "nofile",
      {},
      /^TypeError: Cannot change the limit "nofile" to a value of/,
    ],
    ["nofile", true, /^TypeError: Cannot set the limit "nofile" to a value of/],
    [
      "nofile",
      -1,
      /^RangeError: Cannot set the limit "nofile" to -1: expected/,
    ],
    ["nofile", NaN, /^RangeError: Cannot set the limit "nofile" to NaN/],
    ["nofile", 0.5, /^RangeError: Cannot set the limit "nofile" to 0.5/],
    ["nofile", -Infinity, /^RangeError: .* to -Infinity: expected a whole/],
    ["fsize", 2 ** 53, /^RangeError: .* to 9007199254740992: .* or a bigint$/],
    ["fsize", -1n, /^RangeError: .* to -1: expected a bigint from 0 to/],
    ["fsize", 2n ** 64n, /^RangeError: .* to 18446744073709551616: expected/],
    ["core", "1Kx", /^TypeError: Cannot parse the limit "1Kx" of "core"/],
    ["core", "", /^TypeError: Cannot parse the limit "" of "core"/],
    [
      "core",
      { soft: -1 },
      /^RangeError: Cannot set the soft limit "core" to -1/,
    ],
    [
      "core",
      { soft: 1, hard: [] },
      /^TypeError: Cannot set the hard limit "co/,
    ],
    [
      "core",
      { hard: null },
      /^TypeError: Cannot set the hard limit .* to null/,
    ],
  ];
  const source = cases.map(([resource, change]) =>
    `attempt(() => setrlimit(${literal(resource)}, ${literal(change)}))`
  );
  // Without a grant a system call would be NotCapable.
  const { stdout } = runChild(`console.log([${source}].join("\\n"))`, {
    flags: ["--no-prompt"],
  });
  const messages = stdout.trimEnd().split("\n");
  assertEquals(messages.length, cases.length);
  cases.forEach(([, , pattern], index) =>
    assertMatch(messages[index]!, pattern)
  );
});

/** A value as it is written in a program. */
function literal(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  return typeof value === "number" || value === undefined
    ? String(value)
    : JSON.stringify(value);
}
