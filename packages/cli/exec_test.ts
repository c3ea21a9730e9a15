import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { encodePath } from "@procctl/libc";
import {
  argvDumper,
  parseDump,
  parseTextDump,
  run,
  runInTerminal,
  TemporaryFolder,
  testWith,
} from "@procctl/testing";
import { PROCCTL, procctl, startsWithAnyBytes } from "./_testing.ts";

/** Becomes the argv dumper by the tool; what that was handed. */
function dump(options: string[], args: string[] = []) {
  using folder = new TemporaryFolder();
  const dumper = folder.write("dumper", argvDumper(), 0o755);
  const { code, stdoutBytes, stderr } = procctl([
    ...["exec", ...options, "--", dumper, ...args],
  ]);
  assertEquals([code, stderr], [0, ""]);
  return { ...parseTextDump(stdoutBytes), dumper };
}

Deno.test("procctl exec becomes the command: the same process", () => {
  const script = 'echo $$; exec "$@" sh -c "echo \\$\\$; exit 7"';
  const { code, stdout } = run(["sh", "-c", script, "sh", ...PROCCTL, "exec"]);
  const [before, after] = stdout.split("\n");
  assertEquals(code, 7);
  assertEquals(after, before);
});

Deno.test("procctl exec hands on arguments and status as they are", () => {
  const args = ["--json", "", "--", "-x", "a b", "é\n"];
  const { argv, dumper, path } = dump([], args);
  assertEquals(argv, [dumper, ...args]);
  assertEquals(path, dumper);
  const ended = procctl(["exec", "sh", "-c", "kill -9 $$"]);
  assertEquals(ended.signal, "SIGKILL");
});

testWith(
  "procctl exec hands on bytes that are no UTF-8",
  [startsWithAnyBytes],
  () => {
    using folder = new TemporaryFolder();
    const dumper = folder.write("dumper", argvDumper(), 0o755);
    const bytes = Uint8Array.of(0x78, 0xff, 0xfe);
    const entry = Uint8Array.of(...encodePath("A=\ufffd"), 0xff);
    const { stdoutBytes } = procctl([
      ...["exec", "-i", "-a", bytes, "-e", entry, dumper, bytes],
    ]);
    const { argv, env } = parseDump(stdoutBytes);
    assertEquals([argv, env], [[bytes, bytes], [entry]]);
  },
);

Deno.test("procctl exec tells the command another name", () => {
  assertEquals(dump(["-a", "-sh"], ["x"]).argv, ["-sh", "x"]);
  assertEquals(dump(["--argv0=", "-i"]).argv, [""]);
});

Deno.test("procctl exec changes the environment", () => {
  const exact = dump(["-i", "-e", "A=1", "--env=B=x=y", "-e", "C=", "-uA"]);
  assertEquals(exact.env, ["A=1", "B=x=y", "C="]);
  const script = 'A=1 B=2 exec "$@"';
  const { stdout } = run([
    ...["sh", "-c", script, "sh", ...PROCCTL],
    ...["exec", "-u", "A", "-e", "C=3", "--", "sh", "-c", "echo $A $B $C"],
  ]);
  assertEquals(stdout, "2 3\n");
});

Deno.test("procctl exec changes folder, umask, descriptors and limits", () => {
  using folder = new TemporaryFolder();
  const program = folder.write(
    "program",
    "#!/bin/sh\npwd; umask; ulimit -n; [ -e /proc/$$/fd/7 ] || echo closed\n",
    0o755,
  );
  const script = 'exec 7</dev/null; exec "$@"';
  const { stdout, stderr } = run([
    ...["sh", "-c", script, "sh", ...PROCCTL, "exec", "-C", folder.path],
    ...["--umask", "027", "--nofile", "64:80", "--closefrom=3"],
    ...[`./${program.slice(folder.path.length + 1)}`],
  ]);
  assertEquals([stdout, stderr], [`${folder.path}\n0027\n64\nclosed\n`, ""]);
});

Deno.test("procctl exec keeps the terminal", () => {
  const { code, stdout } = runInTerminal([
    ...[...PROCCTL, "exec", "--", "sh", "-c", "test -t 0 && test -t 1 && tty"],
  ]);
  assertEquals(code, 0);
  assertMatch(stdout, /^\/dev\/pts\/\d+\n$/);
});

Deno.test("procctl exec exits as a shell does if the command cannot be executed", () => {
  using folder = new TemporaryFolder();
  const cases: [command: string, status: number, reason: string][] = [
    ["no-such-command", 127, "No such file or directory: ENOENT"],
    ["", 127, "ENOENT"],
    [folder.write("plain", "true\n"), 126, "EACCES"],
    [folder.write("empty", "", 0o755), 126, "ENOEXEC"],
    [folder.write("broken", "#!/no/interpreter\n", 0o755), 126, "ENOENT"],
  ];
  for (const [command, status, reason] of cases) {
    const { code, stdout, stderr } = procctl(["exec", "--", command]);
    assertEquals([code, stdout], [status, ""], command);
    assertStringIncludes(stderr, "procctl: Cannot execute ");
    assertStringIncludes(stderr, reason);
  }
});

Deno.test("procctl exec exits with 1 if a step before fails", () => {
  const cases: [args: string[], message: string][] = [
    [["--chdir=/no/folder"], 'Cannot change to the directory "/no/folder"'],
    [["--nofile=9:8"], "the soft limit is above the hard limit"],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = procctl(["exec", ...args, "true"]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, message);
  }
});

Deno.test("procctl exec exits with 2 if a value of an option is none", () => {
  const cases: [args: string[], message: string][] = [
    [["-e", "A"], 'Cannot set "A": expected KEY=VALUE'],
    [["-e", "=A"], 'Cannot set "=A": expected KEY=VALUE'],
    [["-u", "A=B"], "A=B"],
    [["--umask=8"], 'Cannot use "8" as a mask'],
    [["--umask=1777"], 'Cannot use "1777" as a mask'],
    [["--closefrom=2"], "expected an integer from 3"],
    [["--closefrom=x"], 'Cannot use "x" as --closefrom'],
    [["--nofile=x"], 'Cannot parse the limit "x" of "nofile"'],
    [["--nofile="], 'Cannot parse the limit "" of "nofile"'],
  ];
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = procctl(["exec", ...args, "echo", "x"]);
    assertEquals([code, stdout], [2, ""], args.join(" "));
    assertStringIncludes(stderr, message);
  }
});
