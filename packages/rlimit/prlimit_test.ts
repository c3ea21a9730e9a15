import { assertEquals, assertThrows } from "@std/assert";
import { answerOf } from "./_testing.ts";
import { prlimit } from "./prlimit.ts";
import type { Resource } from "./types.ts";

Deno.test("prlimit() sets the limits of a child that sleeps, and returns the old ones", () => {
  const answer = answerOf(`
    setrlimit("nofile", { soft: 64, hard: 128 });
    const pid = sleeper();
    const old = prlimit(pid, "nofile", { soft: 33, hard: 44 });
    const line = text("/proc/" + pid + "/limits").match(/^Max open files.*/m)[0];
    answer([old, line.trim().split(/ {2,}/), prlimit(pid, "nofile"),
      prlimit(pid, "nofile", { soft: 1 }), prlimit(pid, "nofile"),
      getrlimit("nofile")]);
  `);
  assertEquals(answer, [
    { soft: 64, hard: 128 },
    ["Max open files", "33", "44", "files"],
    { soft: 33, hard: 44 },
    { soft: 33, hard: 44 },
    { soft: 1, hard: 44 },
    { soft: 64, hard: 128 },
  ]);
});

Deno.test("prlimit() reads a zombie, and fails with ESRCH once it is reaped", () => {
  const answer = answerOf(`
    setrlimit("nofile", { soft: 64, hard: 128 });
    const pid = start("true");
    const P_PID = 1, WEXITED = 4, WNOWAIT = 0x01000000;
    c.waitid(P_PID, pid, new Uint8Array(128), WEXITED | WNOWAIT);
    const state = /^State:\\s*(\\w)/m.exec(text("/proc/" + pid + "/status"))[1];
    const zombie = attempt(() => prlimit(pid, "nofile"));
    reap(pid);
    answer([state, zombie, codeOf(() => prlimit(pid, "nofile"))]);
  `);
  assertEquals(answer, ["Z", { soft: 64, hard: 128 }, "ESRCH"]);
});

Deno.test("prlimit() of a thread's number changes the whole process", () => {
  const answer = answerOf(`
    const threads = readDirectory("/proc/self/task")
      .map((name) => Number(new TextDecoder().decode(name)))
      .filter((tid) => tid !== Deno.pid);
    prlimit(threads[0], "nofile", { soft: 64, hard: 128 });
    const all = [0, Deno.pid, ...threads].map((it) => prlimit(it, "nofile"));
    answer([threads.length > 0, new Set(all.map((it) => it.soft + ":" + it.hard)).size,
      getrlimit("nofile")]);
  `);
  assertEquals(answer, [true, 1, { soft: 64, hard: 128 }]);
});

Deno.test("prlimit() says that a process is another user's, to get and to set, before it looks at the resource", () => {
  const answer = answerOf(`
    becomeOrdinary();
    answer([
      attempt(() => prlimit(1, "nofile")),
      attempt(() => prlimit(1, "nofile", { soft: 10, hard: 20 })),
      attempt(() => prlimit(1, "core", { soft: 10 })),
      codeOf(() => prlimit64(1, 99)),
    ]);
  `);
  const reason = "it is another user's process, which needs " +
    "CAP_SYS_RESOURCE, and this process does not have it: EPERM";
  const error = "SystemError: Cannot";
  assertEquals(answer, [
    `${error} get the limit "nofile" of process 1: ${reason}`,
    `${error} set the limit "nofile" of process 1 to 10:20: ${reason}`,
    `${error} get the limit "core" of process 1: ${reason}`,
    "EPERM",
  ]);
});

Deno.test("prlimit() keeps the other side of another process exactly", () => {
  const answer = answerOf(`
    const pid = sleeper();
    prlimit(pid, "fsize", { soft: 2n ** 60n + 1n, hard: 2n ** 63n + 1n });
    prlimit(pid, "fsize", { soft: 5 });
    const first = prlimit64(pid, RLIMIT_FSIZE);
    prlimit(pid, "fsize", { soft: 2n ** 60n + 1n });
    prlimit(pid, "fsize", { hard: 2n ** 62n });
    answer([first, prlimit64(pid, RLIMIT_FSIZE)]);
  `);
  assertEquals(answer, [
    { soft: "5n", hard: `${2n ** 63n + 1n}n` },
    { soft: `${2n ** 60n + 1n}n`, hard: `${2n ** 62n}n` },
  ]);
});

Deno.test("prlimit() gives the number nearest to a limit above 2^53, and only unlimited as Infinity", () => {
  const answer = answerOf(`
    const pid = sleeper();
    prlimit(pid, "fsize", { soft: 2n ** 53n + 1n, hard: 2n ** 64n - 2n });
    const { soft, hard } = prlimit(pid, "fsize");
    answer([soft === 2 ** 53, hard === 2 ** 64, prlimit(pid, "rss").hard]);
  `);
  assertEquals(answer, [true, true, "Infinity"]);
});

Deno.test("prlimit() refuses a pid and a resource that are none", () => {
  for (const pid of [2 ** 31, 0.5, NaN, "1", undefined]) {
    assertThrows(
      () => prlimit(pid as number, "as"),
      RangeError,
      "Cannot pass pid to the kernel",
    );
  }
  assertThrows(() => prlimit(0, "x" as Resource), TypeError, 'Cannot use "x"');
});
