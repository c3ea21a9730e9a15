import { assertEquals, assertThrows } from "@std/assert";
import { answerOf } from "./_testing.ts";
import { RLIM_INFINITY } from "./constants.ts";
import { prlimit64, type Rlimit64 } from "./prlimit64.ts";

Deno.test("prlimit64() gets the limits of all 16 resources, and there are no more", () => {
  const codes = answerOf(`
    answer([...Array(16).keys()].map((resource) => attempt(() => {
      const { soft, hard } = prlimit64(0, resource);
      return typeof soft + " " + typeof hard;
    })));
  `);
  assertEquals(codes, Array(16).fill("bigint bigint"));
  const failures = answerOf(`
    answer([16, -1, 1000, 2 ** 31 - 1].map((it) => attempt(() => prlimit64(0, it))));
  `);
  assertEquals(
    failures,
    [16, -1, 1000, 2 ** 31 - 1].map((it) =>
      `SystemError: Cannot get the limit ${it}: there is no such resource: EINVAL`
    ),
  );
});

Deno.test("prlimit64() sets limits, and returns the old ones", () => {
  const answer = answerOf(`
    const before = prlimit64(0, RLIMIT_NOFILE);
    const old = prlimit64(0, RLIMIT_NOFILE, { soft: 99n, hard: 100n });
    answer([
      old.soft === before.soft && old.hard === before.hard,
      prlimit64(0, RLIMIT_NOFILE),
      prlimit64(Deno.pid, RLIMIT_NOFILE, { soft: 98n, hard: 100n }),
      text("/proc/self/limits").match(/^Max open files.*files/m)[0].split(/ {2,}/),
    ]);
  `);
  assertEquals(answer, [
    true,
    { soft: "99n", hard: "100n" },
    { soft: "99n", hard: "100n" },
    ["Max open files", "98", "100", "files"],
  ]);
});

Deno.test("prlimit64() fails with ESRCH where there is no such process, whatever the resource", () => {
  const codes = answerOf(`
    const gone = start("true");
    reap(gone);
    answer([
      attempt(() => prlimit64(999999999, RLIMIT_AS)),
      ...[[999999999, 99], [-1, 0], [-1, 99], [-2147483648, 0], [gone, 0]]
        .map((args) => codeOf(() => prlimit64(...args))),
      codeOf(() => prlimit64(-1, 0, { soft: 2n, hard: 1n })),
    ]);
  `);
  assertEquals(codes, [
    'SystemError: Cannot get the limit "as" of process 999999999: No such process: ESRCH',
    ...Array(6).fill("ESRCH"),
  ]);
});

Deno.test("prlimit64() keeps limits from 2^63 on to the bit, and 2^64 - 2 is not unlimited", () => {
  const answer = answerOf(`
    // Deno itself writes files, at any time.
    const pid = sleeper();
    const values = [2n ** 64n - 2n, 2n ** 63n + 1n, 2n ** 63n, 2n ** 53n + 1n];
    answer(values.map((limit) => {
      prlimit64(pid, RLIMIT_FSIZE, { soft: limit, hard: limit });
      const { soft, hard } = prlimit64(pid, RLIMIT_FSIZE);
      const line = text("/proc/" + pid + "/limits").match(/^Max file size.*/m)[0];
      return [soft === limit, hard === limit, line.match(/\\d+|unlimited/g)];
    }));
  `);
  const values = [2n ** 64n - 2n, 2n ** 63n + 1n, 2n ** 63n, 2n ** 53n + 1n];
  assertEquals(
    answer,
    values.map(String).map((text) => [true, true, [text, text]]),
  );
});

Deno.test("prlimit64() of a bad address fails with EFAULT, and sets the limits before it finds a bad one for the old", () => {
  const answer = answerOf(`
    using arena = new Arena();
    const change = arena.bytes(new Uint8Array(BigUint64Array.of(33n, 44n).buffer));
    const call = (pid, resource, change, old) =>
      errnoName(-orErrno(c.prlimit64(pid, resource, change, old)));
    answer([
      call(0, RLIMIT_NOFILE, 1n, 0n),
      call(-1, 99, 1n, 0n),
      call(0, RLIMIT_NOFILE, 0n, 1n),
      call(0, 99, 0n, 1n),
      c.prlimit64(0, RLIMIT_NOFILE, 0n, 0n),
      prlimit64(0, RLIMIT_NOFILE).soft > 44n,
      call(0, RLIMIT_NOFILE, change, 1n),
      prlimit64(0, RLIMIT_NOFILE),
    ]);
  `);
  assertEquals(answer, [
    "EFAULT",
    "EFAULT",
    "EFAULT",
    "EINVAL",
    0,
    true,
    "EFAULT",
    { soft: "33n", hard: "44n" },
  ]);
});

Deno.test("prlimit64() gives what it should for a million calls under garbage collection", () => {
  const answer = answerOf(`
    setrlimit("nofile", { soft: 99 });
    const { hard } = prlimit64(0, RLIMIT_NOFILE);
    let wrong = 0;
    for (let i = 0; i < 1_000_000; i++) {
      const limit = prlimit64(0, i % 2 ? RLIMIT_NOFILE : RLIMIT_CORE);
      if (i % 2 && (limit.soft !== 99n || limit.hard !== hard)) wrong++;
    }
    answer(wrong);
  `);
  assertEquals(answer, 0);
});

Deno.test("prlimit64() refuses what the kernel's types cannot hold, before any system call", () => {
  const change = { soft: 0n, hard: 0n };
  for (const value of [2 ** 31, -(2 ** 31) - 1, 0.5, NaN, Infinity]) {
    const reason = `${value} is not a 32-bit integer`;
    assertThrows(
      () => prlimit64(value, 0),
      RangeError,
      `Cannot pass pid to the kernel: ${reason}`,
    );
    assertThrows(
      () => prlimit64(0, value, change),
      RangeError,
      `Cannot pass resource to the kernel: ${reason}`,
    );
  }
  for (const limit of [-1n, RLIM_INFINITY + 1n]) {
    for (const side of ["soft", "hard"]) {
      assertThrows(
        () => prlimit64(0, 99, { ...change, [side]: limit }),
        RangeError,
        `Cannot pass change.${side} to the kernel: ${limit} is not from 0`,
      );
    }
  }
  for (const limit of [1, "1", undefined, null, Infinity] as unknown[]) {
    assertThrows(
      () => prlimit64(0, 99, { soft: 0n, hard: limit as bigint }),
      TypeError,
      "Cannot pass change.hard to the kernel",
    );
  }
  assertThrows(
    () => prlimit64(0, 99, null as unknown as Rlimit64),
    TypeError,
    "Cannot pass change.soft to the kernel: undefined is not a bigint",
  );
});
