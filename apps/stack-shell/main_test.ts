import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { encodePath } from "@procctl/libc";
import { getrlimit } from "@procctl/rlimit";
import {
  argvDumper,
  denoArgv,
  type Need,
  parseDump,
  ROOT,
  run,
  TemporaryFolder,
  testWith,
} from "@procctl/testing";

const STACK_SHELL = denoArgv(`${ROOT}/apps/stack-shell/main.ts`);

/** The test sets a stack of 64 MiB. */
const largeStack: Need = () =>
  getrlimit("stack").hard >= 2 ** 26
    ? undefined
    : "needs a hard limit of the stack of 64 MiB";

testWith(
  "stack-shell starts a command with another stack, in the unit that ulimit shows",
  [largeStack],
  () => {
    const commands = [
      ["64MiB", "--", "sh", "-c", "ulimit -s"],
      ["64MiB", "sh", "-c", "ulimit -s"],
    ];
    for (const command of commands) {
      const { code, stdout, stderr } = run([...STACK_SHELL, ...command]);
      assertEquals([code, stdout, stderr], [0, "65536\n", ""]);
    }
  },
);

Deno.test("stack-shell changes the soft limit alone", () => {
  const show = "ulimit -Ss; ulimit -Hs";
  const { stdout } = run([
    ...["sh", "-c", 'ulimit -Hs 16384; ulimit -Ss 8192; exec "$@"', "sh"],
    ...STACK_SHELL,
    ...["4MiB", "--", "sh", "-c", show],
  ]);
  assertEquals(stdout, "4096\n16384\n");
});

Deno.test("stack-shell starts $SHELL, or sh, if no command is given", () => {
  using folder = new TemporaryFolder();
  const shell = folder.write(
    "my-shell",
    "#!/bin/sh\necho mine $# $(ulimit -s)\n",
    0o755,
  );
  for (const args of [["4MiB"], ["4MiB", "--"]]) {
    const own = run(["env", `SHELL=${shell}`, ...STACK_SHELL, ...args]);
    assertEquals(own.stdout, "mine 0 4096\n");
  }
  for (const env of [["-u", "SHELL"], ["SHELL="]]) {
    const { stdout } = run(["env", ...env, ...STACK_SHELL, "4MiB"], {
      stdin: "ulimit -s; echo $0\n",
    });
    assertEquals(stdout, "4096\n/bin/sh\n");
  }
});

Deno.test("stack-shell hands on the arguments byte for byte, dashes and options too", () => {
  using folder = new TemporaryFolder();
  const dumper = folder.write("dumper", argvDumper(), 0o755);
  const argv = [dumper, "--help", "", "--", "-x", "--", Uint8Array.of(0xff)];
  const encoded = argv.map((it) => encodePath(it));
  for (const before of [["1MiB"], ["1MiB", "--"]]) {
    const { stdoutBytes } = run([...STACK_SHELL, ...before, ...argv]);
    assertEquals(parseDump(stdoutBytes).argv, encoded);
  }
});

Deno.test("stack-shell exits with 2 if the size is beyond the hard limit, and says so", () => {
  for (const size of ["16385KiB", "64MiB", "unlimited"]) {
    const { code, stdout, stderr } = run([
      ...["sh", "-c", 'ulimit -s 16384; exec "$@"', "sh"],
      ...STACK_SHELL,
      ...[size, "--", "echo", "started"],
    ]);
    assertEquals([code, stdout], [2, ""]);
    assertEquals(
      stderr,
      `stack-shell: Cannot set the stack to ${size}: the hard limit is 16MiB\n`,
    );
  }
});

Deno.test("stack-shell exits with 2 if the size is none, or the command line is wrong", () => {
  for (const size of ["", "1Kx", "0x10", "1.5MiB", "20000P"]) {
    const { code, stdout, stderr } = run([...STACK_SHELL, size, "true"]);
    assertEquals([code, stdout], [2, ""]);
    assertMatch(stderr, /^stack-shell: Cannot parse the limit "/);
    assertStringIncludes(stderr, JSON.stringify(size));
  }
  for (const args of [[], ["--"], ["--other", "1MiB"], ["-1"]]) {
    const { code, stdout, stderr } = run([...STACK_SHELL, ...args]);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, "Usage: stack-shell SIZE");
  }
  const { code, stdout } = run([...STACK_SHELL, "--help"]);
  assertEquals([code, stdout.startsWith("Usage: stack-shell")], [0, true]);
});

Deno.test("stack-shell exits with 127 if there is no such command, and 126 if it cannot be executed", () => {
  const cases = { "no-such-command": 127, "/etc/passwd": 126 };
  for (const [command, status] of Object.entries(cases)) {
    const { code, stdout, stderr } = run([...STACK_SHELL, "1MiB", command]);
    assertEquals([code, stdout], [status, ""]);
    assertMatch(stderr, /^stack-shell: Cannot execute "/);
  }
});
