import { assertEquals, assertThrows } from "@std/assert";
import { answerOf } from "./_testing.ts";
import { withLimits } from "./with_limits.ts";
import type { SoftLimits } from "./types.ts";

/** Defines limits(): both of two resources, exactly. */
const LIMITS = `
  prlimit64(0, RLIMIT_DATA, { soft: 2n ** 62n + 1n, hard: 2n ** 63n + 1n });
  setrlimit("nofile", { soft: 200, hard: 300 });
  const limits = () => [RLIMIT_DATA, RLIMIT_NOFILE].flatMap((it) => {
    const { soft, hard } = prlimit64(0, it);
    return [soft, hard].map(String);
  });
`;

const BEFORE = [`${2n ** 62n + 1n}`, `${2n ** 63n + 1n}`, "200", "300"];
const WITHIN = [`${2n ** 50n}`, `${2n ** 63n + 1n}`, "100", "300"];

Deno.test("withLimits() lowers soft limits for a call, and restores them exactly", () => {
  const answer = answerOf(`${LIMITS}
    const within = withLimits({ data: "1PiB", nofile: 100 }, limits);
    answer([within, limits()]);
  `);
  assertEquals(answer, [WITHIN, BEFORE]);
});

Deno.test("withLimits() restores the limits when the function throws", () => {
  const answer = answerOf(`${LIMITS}
    const thrown = attempt(() => withLimits({ nofile: 100 }, () => {
      throw new RangeError("mine");
    }));
    answer([thrown, limits()]);
  `);
  assertEquals(answer, ["RangeError: mine", BEFORE]);
});

Deno.test("withLimits() restores the limits when a promise is settled, and not before", () => {
  const answer = answerOf(`${LIMITS}
    const change = { data: "1PiB", nofile: 100 };
    const promise = withLimits(change, async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return limits();
    });
    const during = limits();
    const kept = await promise;
    const after = limits();
    const rejected = withLimits(change, () => Promise.reject(new Error("mine")));
    const message = await rejected.catch((error) => error.message);
    answer([during, kept, after, message, limits()]);
  `);
  assertEquals(answer, [WITHIN, WITHIN, BEFORE, "mine", BEFORE]);
});

Deno.test("withLimits() within withLimits() restores what was outside", () => {
  const answer = answerOf(`
    setrlimit("nofile", { soft: 200 });
    const soft = () => getrlimit("nofile").soft;
    const seen = withLimits({ nofile: 100 }, () => [
      soft(), withLimits({ nofile: 50 }, soft), soft(),
    ]);
    answer([...seen, soft()]);
  `);
  assertEquals(answer, [100, 50, 100, 200]);
});

Deno.test("withLimits() hands the limits on to children", () => {
  const answer = answerOf(`
    const child = () => run(["sh", "-c", "ulimit -n"]).stdout;
    answer(withLimits({ nofile: 77 }, child));
  `);
  assertEquals(answer, "77\n");
});

Deno.test("withLimits() does not call the function if a limit cannot be set, and puts back those before", () => {
  const answer = answerOf(`${LIMITS}
    let called = false;
    const call = () => { called = true; };
    answer([
      attempt(() => withLimits({ data: "1PiB", nofile: 301 }, call)),
      attempt(() => withLimits({ data: "1PiB", nofile: "x" }, call)),
      attempt(() => withLimits({ data: "1PiB", none: 1 }, call)),
      called,
      limits(),
    ]);
  `);
  const [refused, junk, unknown, called, limits] = answer;
  assertEquals(
    refused,
    'SystemError: Cannot set the limit "nofile" to 301:300: the soft limit is above the hard limit: EINVAL',
  );
  assertEquals(junk.startsWith("TypeError: Cannot parse the limit"), true);
  assertEquals(
    unknown.startsWith('TypeError: Cannot use softLimits["none"]'),
    true,
  );
  assertEquals([called, limits], [false, BEFORE]);
});

Deno.test("withLimits() says so if the function made the soft limit impossible to restore", () => {
  const answer = answerOf(`
    setrlimit("nofile", { soft: 200, hard: 300 });
    answer(attempt(() => withLimits({ nofile: 50 }, () => {
      setrlimit("nofile", { hard: 100 });
    })));
  `);
  assertEquals(
    answer,
    'SystemError: Cannot set the limit "nofile" to 200:100: the soft limit is above the hard limit: EINVAL',
  );
});

Deno.test("withLimits() refuses what is not an object of soft limits", () => {
  for (const value of [undefined, null, "nofile", ["nofile"], new Map()]) {
    assertThrows(
      () => withLimits(value as unknown as SoftLimits, () => 1),
      TypeError,
      "as softLimits: expected an object",
    );
  }
  assertThrows(
    () => withLimits({ core: { soft: 1 } } as unknown as SoftLimits, () => 1),
    TypeError,
    'Cannot set the soft limit "core" to a value of type Object',
  );
});
