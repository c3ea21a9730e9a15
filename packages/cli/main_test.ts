import {
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
} from "@std/assert";
import {
  denoArgv,
  ROOT,
  run,
  runInTerminal,
  TemporaryFolder,
} from "@procctl/testing";
import { PROCCTL, procctl } from "./_testing.ts";
import { LOADERS } from "./_loaders.ts";

const MAIN = `${ROOT}/packages/cli/main.ts`;
// deno-lint-ignore no-control-regex -- it is what marks up text
const MARKUP = /\x1b\[\d+m/;

Deno.test("procctl --help lists every subcommand, and how it is installed", () => {
  for (const option of ["--help", "-h"]) {
    const { code, stdout, stderr } = procctl([option]);
    assertEquals([code, stderr], [0, ""]);
    assertStringIncludes(stdout, "deno install -g --allow-ffi -n procctl ");
    for (const name of Object.keys(LOADERS)) {
      assertMatch(stdout, new RegExp(`^  ${name} +[A-Z]`, "m"));
    }
  }
});

Deno.test("procctl --version prints the version of its deno.json", async () => {
  const { default: { version } } = await import("./deno.json", {
    with: { type: "json" },
  });
  for (const option of ["--version", "-V"]) {
    assertEquals(procctl([option]).stdout, `procctl ${version}\n`);
  }
});

Deno.test("procctl exits with 2, and says why on standard error, on a wrong command line", () => {
  const cases: [args: string[], message: string][] = [
    [[], "There is no subcommand given"],
    [["nothing"], 'There is no subcommand "nothing": expected one of '],
    [["toString"], 'There is no subcommand "toString"'],
    [["--nothing"], 'There is no option "--nothing"'],
    [["limits", "--nothing"], 'There is no option "--nothing"'],
    [["limits", "-z"], 'There is no option "-z"'],
    [["limits", "--json=1"], 'The option "--json" takes no value'],
    [["limits", "--pid"], 'The option "--pid" needs a value: PID'],
  ];
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = procctl(args);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, `procctl: ${message}`);
    assertMatch(stderr, /^Try "procctl (\w+ )?--help"\.\n$/m);
  }
});

Deno.test("procctl shows the forms of a subcommand that was used wrongly", () => {
  const { stderr } = procctl(["exec"]);
  assertEquals(
    stderr,
    `procctl: There is no COMMAND given
Usage: procctl exec [OPTION...] [--] COMMAND [ARGUMENT...]
Try "procctl exec --help".
`,
  );
});

Deno.test("procctl runs by its #! line alone", () => {
  const path = Deno.execPath().replace(/\/[^/]*$/, "");
  const { code, stdout } = run([
    ...["sh", "-c", 'PATH="$1:$PATH" exec "$0" --version', MAIN, path],
  ]);
  assertEquals([code, stdout.startsWith("procctl ")], [0, true]);
});

Deno.test("procctl names the flag that is missing, in one line, if it may not call libc", () => {
  const argv = denoArgv(MAIN, ["--no-prompt"]);
  for (const args of [["limits"], ["exec", "true"]]) {
    const { code, stdout, stderr } = run([...argv, ...args]);
    assertEquals([code, stdout], [1, ""]);
    assertEquals(
      stderr,
      "procctl: Cannot call libc: give deno the flag --allow-ffi\n",
    );
  }
});

Deno.test("procctl needs no permission to show its help, its version and completions", () => {
  const argv = denoArgv(MAIN, ["--no-prompt"]);
  const cases = [["--help"], ["--version"], ["limits", "-h"], [
    "completions",
    "bash",
  ]];
  for (const args of cases) {
    const { code, stderr } = run([...argv, ...args]);
    assertEquals([code, stderr], [0, ""]);
  }
});

Deno.test("procctl marks text up on a terminal, unless NO_COLOR is set", () => {
  const shown = runInTerminal([
    ...["env", "-u", "NO_COLOR", ...PROCCTL, "limits", "--help"],
  ]);
  assertEquals(shown.code, 0);
  assertMatch(shown.stdout, MARKUP);
  const plain = procctl(["limits", "--help"]).stdout;
  assertNotMatch(plain, MARKUP);
  assertEquals(shown.stdout.replaceAll(new RegExp(MARKUP, "g"), ""), plain);
  const env = ["env", "NO_COLOR=1"];
  const grey = runInTerminal([...env, ...PROCCTL, "limits", "--help"]);
  assertEquals(grey.stdout, plain);
});

Deno.test("procctl ends as if by SIGPIPE if nobody reads what it prints", () => {
  using folder = new TemporaryFolder();
  const pipe = folder.mkfifo("pipe");
  // The only reader is gone before anything is written.
  const script = 'exec 3<>"$0" 4>"$0" 3<&-; "$@" >&4; echo "$?"';
  for (const args of [["--help"], ["limits"], ["limits", "--json"]]) {
    const { stdout, stderr } = run([
      ...["sh", "-c", script, pipe],
      ...[...PROCCTL, ...args],
    ]);
    assertEquals([stdout, stderr], ["141\n", ""]);
  }
});
