import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { encodePath, environ, errnoName, writeFile } from "@procctl/libc";
import { argumentSpace } from "@procctl/shebang";
import {
  inMounts,
  kernel,
  mounts,
  root,
  run,
  runDeno,
  runInTerminal,
  Spawner,
  TemporaryFolder,
  testWith,
} from "@procctl/testing";
import { PROCCTL, procctl, startsWithAnyBytes } from "./_testing.ts";
import { BusyFile, SITUATIONS } from "./_testing_situations.ts";
import type { WhyReport } from "./why_report.ts";

/** The name of the error number that execve really gives. */
function errnoOf(path: string, args: readonly string[] = []): string {
  using spawner = new Spawner();
  const spawned = spawner.spawn(path, [path, ...args], environ());
  return spawned.kind === "failed" ? errnoName(spawned.errno) : "none";
}

/** Asserts what is said of a file that does not run. */
function assertSaid(
  { code, stdout, stderr }: ReturnType<typeof run>,
  errno: string,
  says: readonly string[],
): void {
  assertEquals(stderr, "");
  for (const text of ["  ✗", `(${errno}`, ...says]) {
    // A text may stand in two lines.
    const joined = text.includes("\n") ? stdout : stdout.replaceAll("\n", " ");
    assertStringIncludes(joined, text);
  }
  assert(code === 126 || code === 127, stdout);
}

for (const { name, make, code, says } of SITUATIONS) {
  Deno.test(`procctl why explains ${name}`, () => {
    using folder = new TemporaryFolder();
    const path = make(folder);
    assertEquals(errnoOf(path), code);
    assertSaid(procctl(["why", path]), code, says);
  });
}

testWith(
  "procctl why explains a file that is open for writing",
  [kernel(6, 14)],
  () => {
    using folder = new TemporaryFolder();
    using file = new BusyFile(folder);
    assertEquals(errnoOf(file.path), "ETXTBSY");
    const says = ["it is open for writing", "fuser -v "];
    assertSaid(procctl(["why", file.path]), "ETXTBSY", says);
  },
);

testWith(
  "procctl why explains a file system that is mounted noexec",
  [mounts],
  () => {
    const mount = "mount -t tmpfs -o noexec none /mnt && " +
      "cp /bin/true /mnt/program";
    const direct = run(inMounts(mount, ["/mnt/program"]));
    assertStringIncludes(direct.stderr, "Permission denied");
    const said = run(inMounts(mount, [...PROCCTL, "why", "/mnt/program"]));
    assertSaid(said, "EACCES", ["mounted noexec", "Copy it to a file system"]);
  },
);

testWith(
  "procctl why explains what another user lacks",
  [root],
  () => {
    using folder = new TemporaryFolder();
    folder.chmod(".", 0o755);
    const shut = folder.mkdir("shut", 0o700);
    const { code, stdout } = runDeno(
      `
        import { main } from "@procctl/cli";
        import { loadCommands } from "@procctl/cli/commands";
        import { becomeUser } from "@procctl/testing";
        // This user may not read the modules where they lie.
        await loadCommands();
        becomeUser();
        Deno.exitCode = await main(["why", ...Deno.args]);
      `,
      { args: [`${shut}/x`] },
    );
    assertEquals(code, 126);
    const joined = stdout.replaceAll("\n", " ");
    assertStringIncludes(joined, "is a directory that may not be searched");
    assertStringIncludes(
      joined,
      `(EACCES, mode 0700). To do: chmod +x ${shut}.`,
    );
  },
);

Deno.test("procctl why explains arguments for which the #! lines leave no room", () => {
  using folder = new TemporaryFolder();
  let path = "/bin/sh";
  for (let level = 0; level < 5; level++) {
    const argument = "x".repeat(200 - path.length);
    path = folder.write(`${level}`, `#!${path} ${argument}\n`, 0o755);
  }
  // It leaves room for the tool's own command line, and not for five lines.
  const stackLimit = 2 ** 21;
  const { free } = argumentSpace(path, [path], environ(), { stackLimit });
  const size = Math.floor((free - 600) / 5);
  const args = Array.from({ length: 5 }, () => "y".repeat(size - 9));
  const limited = ["sh", "-c", 'ulimit -Ss 2048 && exec "$@"', "sh"];
  const direct = run([...limited, path, ...args]);
  assertStringIncludes(direct.stderr, "Argument list too long");
  const said = run([...limited, ...PROCCTL, "why", path, ...args]);
  assertStringIncludes(said.stdout, "(E2BIG", said.stderr);
  assertStringIncludes(said.stdout.replaceAll("\n", " "), "raise the limit");
  assertEquals(said.code, 126);
});

Deno.test("procctl why shows the way to a program that runs, and exits with 0", () => {
  using folder = new TemporaryFolder();
  const inner = folder.write("inner", "#!/bin/sh -e\n", 0o755);
  const outer = folder.write("outer", `#!${inner} one two\n`, 0o755);
  const { code, stdout } = procctl(["why", outer, "a b"]);
  assertEquals(code, 0);
  const lines = stdout.split("\n");
  assertEquals(lines.filter((line) => !line.includes("! ")).slice(0, 5), [
    `${outer} 'a b'`,
    `│ #!${inner} one two`,
    ...lines.filter((line) => line.startsWith("│   ")).slice(0, 1),
    `└─ ${inner} 'one two' ${outer} 'a b'`,
    "   │ #!/bin/sh -e",
  ]);
  assertStringIncludes(
    stdout,
    `   └─ /bin/sh -e ${inner} 'one two' ${outer} 'a b'\n`,
  );
  assertStringIncludes(stdout, "It runs: ");
});

Deno.test("procctl why finds what env(1) executes, and what it does not find", () => {
  using folder = new TemporaryFolder();
  const good = folder.write("good", "#!/usr/bin/env -S sh -e\n", 0o755);
  const shown = procctl(["why", good]);
  assertEquals(shown.code, 0);
  assertStringIncludes(shown.stdout, `/sh -e ${good}\n`);
  const bad = folder.write("bad", "#!/usr/bin/env no-such-program\n", 0o755);
  const said = procctl(["why", bad]);
  assertEquals([said.code, run([bad]).code], [127, 127]);
  assertStringIncludes(said.stdout, '✗ It cannot execute "no-such-program"');
  const loop = folder.write("loop", "#!/usr/bin/env\n", 0o755);
  const endless = procctl(["why", loop]);
  assertEquals(endless.code, 126);
  assertStringIncludes(endless.stdout, "It never ends: ");
});

/** Asks for a name in this PATH, as the dash in it would execute it. */
function inPath(path: string, name: string, ...options: string[]) {
  // The tool is started by its path, and its Deno adds nothing to PATH.
  const env = ["env", `PATH=${path}`, "DENO_DISABLE_NODE_SHIM=1"];
  return run([...env, ...PROCCTL, "why", ...options, name]);
}

Deno.test("procctl why says which files in PATH are passed over, and why", () => {
  using folder = new TemporaryFolder();
  for (const name of ["none", "denied", "broken", "good"]) folder.mkdir(name);
  folder.write("denied/tool", "#!/bin/sh\n", 0o644);
  folder.write("broken/tool", "#!/no-such-folder/x\n", 0o755);
  folder.write("good/tool", "#!/bin/sh\n", 0o755);
  const folders = ["none", "denied", "broken", "good"].map((it) =>
    folder.join(it)
  );
  const { code, stdout } = inPath(folders.join(":"), "tool");
  assertEquals(code, 0);
  const joined = stdout.replaceAll(/\n│ */g, " ");
  assertStringIncludes(joined, `tool not in ${folder.join("none")} `);
  assertStringIncludes(
    joined,
    `passed over ${folder.join("denied/tool")}: It has no execute permission.`,
  );
  assertStringIncludes(
    joined,
    `passed over ${folder.join("broken/tool")}: The interpreter "/no-such`,
  );
  assertStringIncludes(joined, `\n└─ ${folder.join("good/tool")}\n`);
});

Deno.test("procctl why exits as a shell does for a name that PATH does not lead to", () => {
  using folder = new TemporaryFolder();
  folder.write("denied", "#!/bin/sh\n", 0o644);
  folder.write("broken", "#!/no-such-folder/x\n", 0o755);
  const cases = { missing: 127, denied: 126, broken: 126 };
  for (const [name, status] of Object.entries(cases)) {
    assertEquals(inPath(folder.path, name).code, status, name);
    assertEquals(inPath(`/no-such-folder:${folder.path}`, name).code, status);
  }
  const { stdout } = inPath(`${folder.path}:/no-such-folder`, "missing");
  assertStringIncludes(stdout, "missing  ✗\n  not in ");
  assertStringIncludes(stdout, "PATH leads to no such file (ENOENT).");
});

Deno.test("procctl why --json prints a WhyReport", () => {
  using folder = new TemporaryFolder();
  const script = folder.write("script", "#! /no-such-folder/x  -e\n", 0o755);
  const { code, stdout } = procctl(["why", "--json", script, "a"]);
  const { space, ...report }: WhyReport = JSON.parse(stdout);
  assertEquals(code, 126);
  assertEquals(report, {
    file: script,
    executed: script,
    verdict: "fails",
    status: 126,
    summary:
      `The interpreter "/no-such-folder/x" of "${script}": "/no-such-folder" does not exist`,
    kind: "error",
    argv: [script, "a"],
    scripts: [{
      path: script,
      line: "#! /no-such-folder/x  -e",
      column: 4,
      interpreter: "/no-such-folder/x",
      argv: ["/no-such-folder/x", "-e", script, "a"],
      diagnostics: [],
    }],
    obstacle: {
      code: "ENOENT",
      at: "/no-such-folder/x",
      level: 1,
      reason: '"/no-such-folder" does not exist',
    },
    fault: { kind: "missing", path: "/no-such-folder" },
    passedOver: [],
    advice:
      `Install it, or name another interpreter in ${script}, line 1, column 4`,
  });
  assertEquals(space.fits, true);
});

Deno.test("procctl why --json tells what env(1) executes, and the program", () => {
  using folder = new TemporaryFolder();
  const script = folder.write("script", "#!/usr/bin/env sh\n", 0o755);
  const report: WhyReport = JSON.parse(
    procctl(["why", "--json", script]).stdout,
  );
  assertEquals([report.verdict, report.status], ["runs", 0]);
  assertEquals(report.program?.comm, "script");
  assertEquals(report.program?.machine, Deno.build.arch);
  const { env } = report.program!;
  assertEquals(env?.kind, "execute");
  assertEquals(env?.argv, ["sh", script]);
  assertEquals(env?.resolution?.kind, "program");
  assertEquals(env?.resolution?.program?.path, env?.path);
});

Deno.test("procctl why --env-size tells what the environment takes, and its largest variables", () => {
  const env = { A: "1", LONG: "x".repeat(1000), PATH: "/usr/bin:/bin" };
  const bytes = Object.entries(env)
    .map(([key, value]) => key.length + value.length + 2 + 8);
  const total = bytes.reduce((sum, it) => sum + it);
  const argv = [...PROCCTL, "why", "--env-size"];
  const json = run([...argv, "--json", "/bin/sh"], {
    env: { ...env, DENO_DISABLE_NODE_SHIM: "1" },
  });
  const { environment, space }: WhyReport = JSON.parse(json.stdout);
  // And the one by which Deno leaves PATH alone.
  const own = "DENO_DISABLE_NODE_SHIM=1".length + 1 + 8;
  assertEquals(environment?.variables, 4);
  assertEquals(environment?.bytes, total + own);
  assertEquals(environment?.largest[0], { name: "LONG", bytes: 1014 });
  // The path twice, as it is the first argument too, and that one's pointer.
  assertEquals(space.used, total + own + 2 * "/bin/sh".length + 2 + 8);
  const { stdout } = run([...argv, "/bin/sh"], { env });
  assertStringIncludes(stdout, "\nLONG  ");
  assertStringIncludes(stdout, "\n  by the environment  ");
});

Deno.test("procctl why colours its verdict on a terminal", () => {
  const argv = ["env", "-u", "NO_COLOR", ...PROCCTL, "why"];
  const good = runInTerminal([...argv, "/bin/sh"]);
  assertStringIncludes(good.stdout, "\x1b[32mIt runs\x1b[39m: ");
  const bad = runInTerminal([...argv, "/"]);
  assertStringIncludes(bad.stdout, "\x1b[31mIt does not run\x1b[39m: ");
  assertEquals([good.code, bad.code], [0, 126]);
});

Deno.test("procctl why lets no file's name or line command the terminal", () => {
  using folder = new TemporaryFolder();
  const script = folder.write("a\x1b[31m\nb", "#!/no/\x1b[32mx \x07\n", 0o755);
  const { code, stdout } = procctl(["why", script]);
  assertEquals(code, 126);
  // deno-lint-ignore no-control-regex -- these are what it is about
  assertEquals(/[\0-\x09\x0b-\x1f\x7f]/.test(stdout), false, stdout);
});

testWith("procctl why finds a file whose name is no UTF-8", [
  startsWithAnyBytes,
], () => {
  using folder = new TemporaryFolder();
  const name = Uint8Array.of(...encodePath(folder.join("x")), 0xff);
  writeFile(name, encodePath("#!/bin/sh\n"), 0o755);
  assertEquals(procctl(["why", name]).code, 0);
});

Deno.test("procctl why exits with 2 without a file", () => {
  for (const args of [[], ["--json"], ["--other", "x"]]) {
    assertEquals(procctl(["why", ...args]).code, 2);
  }
});
