// What getrlimit(2) says that limits do, where the tests of @procctl/rlimit do
// not show it already. exec() sets the limits, and a program runs into them.

import { assertEquals, assertMatch } from "@std/assert";
import type { Limits } from "@procctl/rlimit";
import {
  type Finished,
  js,
  type Need,
  ordinaryUser,
  patience,
  root,
  run,
  runDeno,
  TemporaryFolder,
  testWith,
  tool,
} from "@procctl/testing";
import { compile, denoEnv } from "./_observer.ts";

/** How the program is run. */
interface Start {
  limits: Limits;
  /** What Deno does before. */
  setup?: string;
  /** The file that the program is told. */
  file?: string;
}

/** Runs `_limits.c` into the limit that is named. */
function runInto(what: string, { limits, setup = "", file }: Start): Finished {
  const program = compile("_limits.c");
  return runDeno(
    js`
    import { exec } from "@procctl/exec";
    import { becomeUser } from "@procctl/testing";
    ` + setup + js`
    const args = ${file === undefined ? [what] : [what, file]};
    exec(${program}, { args, limits: ${limits} });`,
    { env: denoEnv(), timeout: patience(120_000) },
  );
}

const GCC = [tool("gcc")];

testWith("stack: SIGSEGV ends a program whose stack is full", GCC, () => {
  const { signal } = runInto("stack", { limits: { stack: { soft: "1MiB" } } });
  assertEquals(signal, "SIGSEGV");
});

testWith("stack: a handler on another stack sees that it is full", GCC, () => {
  const { code, stdout } = runInto("altstack", {
    limits: { stack: { soft: "1MiB" } },
  });
  assertEquals([code, stdout], [0, "on another stack\n"]);
});

testWith("as: SIGSEGV ends a program whose stack cannot grow", GCC, () => {
  // 6 MiB hold the program, and not the 8 MiB that its stack may have.
  const limits: Limits = { as: "6MiB", stack: { soft: "8MiB" } };
  assertEquals(runInto("altstack", { limits }).stdout, "on another stack\n");
  assertEquals(runInto("stack", { limits }).signal, "SIGSEGV");
});

testWith(
  "cpu: SIGXCPU comes once a second, and raises the soft limit by one",
  GCC,
  () => {
    // Not before the program has begun to listen.
    const soft = patience(1);
    const { signal, stdout } = runInto("cpu", {
      limits: { cpu: { soft, hard: soft + 2 } },
    });
    const told = `1 soft ${soft + 1}\n2 soft ${soft + 2}\n`;
    assertEquals([stdout, signal], [told, "SIGKILL"]);
  },
);

testWith(
  "fsize: truncate() fails with EFBIG where SIGXFSZ is ignored",
  GCC,
  () => {
    using folder = new TemporaryFolder();
    const file = folder.write("file", "");
    const limit = (fsize: number) =>
      runInto("truncate", { limits: { fsize }, file }).stdout;
    assertEquals([limit(999), limit(1000)], ["EFBIG\n", "ok\n"]);
  },
);

testWith("locks and rss have no effect", GCC, () => {
  using folder = new TemporaryFolder();
  const file = folder.write("file", "");
  const { stdout } = runInto("locks", { limits: { locks: 0 }, file });
  assertEquals(stdout, "ok\n");
  assertEquals(runInto("rss", { limits: { rss: 4096 } }).stdout, "ok\n");
});

testWith(
  "sigpending: kill() succeeds where sigqueue() no longer does",
  GCC,
  () => {
    const { stdout } = runInto("kill", { limits: { sigpending: 0 } });
    assertEquals(stdout, "EAGAIN ok\n");
  },
);

testWith("nproc: root may have more processes", [root, ...GCC], () => {
  const limits: Limits = { nproc: 1 };
  assertEquals(runInto("fork", { limits }).stdout, "ok\n");
});

/** The test is of an ordinary user, as root in a child, or as the one it is. */
const become = root() === undefined ? "becomeUser();" : "";

testWith(
  "nofile: an ordinary user may have no more descriptors on their way",
  GCC,
  () => {
    const { stdout } = runInto("in-flight", {
      limits: { nofile: 8 },
      setup: become,
    });
    assertMatch(stdout, /^ETOOMANYREFS after [789]\n$/);
  },
);

/** The test gives a program a real-time priority, as not every root may. */
const realTime: Need = () =>
  ordinaryUser() === undefined || run(["chrt", "-f", "1", "true"]).code !== 0
    ? "needs real-time priorities"
    : undefined;

testWith("rttime: SIGXCPU ends a program that holds a processor in real time", [
  realTime,
  ...GCC,
], () => {
  const { stdout, signal } = runInto("rttime", {
    limits: { rttime: { soft: "100ms" } },
  });
  assertEquals([stdout, signal], ["ok\n", "SIGXCPU"]);
});
