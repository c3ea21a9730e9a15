import {
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
} from "@std/assert";
import { readDirectory, readFile } from "@procctl/libc/files";
import {
  denoArgv,
  ROOT,
  root,
  run,
  TemporaryFolder,
  testWith,
  tool,
} from "@procctl/testing";
import { procctl } from "./_testing.ts";
import { recordFaults } from "./_testing_record.ts";
import type { FilesReport } from "./files_report.ts";
import type { SyscallRecord, TraceRecord } from "./trace_record.ts";

/** Traces a command to its end, and returns the log. */
function logOf(options: string[], ...argv: string[]): string {
  using folder = new TemporaryFolder();
  const file = folder.join("log");
  const { code, stderr } = procctl(
    ["trace", ...options, "-o", file, "--", ...argv],
    { env: { PATH: "/usr/bin:/bin" } },
  );
  assertEquals([code, stderr], [0, ""]);
  return new TextDecoder().decode(readFile(file));
}

function recordsOf(options: string[], ...argv: string[]): TraceRecord[] {
  return logOf(["--json", ...options], ...argv).trimEnd().split("\n")
    .map((line) => JSON.parse(line));
}

Deno.test("procctl trace writes to standard error, and leaves output alone", () => {
  const { code, stdout, stderr } = procctl(["trace", "echo", "hello"]);
  assertEquals([code, stdout], [0, "hello\n"]);
  assertMatch(
    stderr,
    /^execve\("[^"]*\/echo", \["echo", "hello"\], 0x[\da-f]+ \/\* \d+ vars? \*\/\) = 0\n/,
  );
  assertStringIncludes(
    stderr,
    'write(1, "hello\\n", 6)                  = 6\n',
  );
  assertMatch(
    stderr,
    /exit_group\(0\) {27}= \?\n\+\+\+ exited with 0 \+\+\+\n$/,
  );
});

Deno.test("procctl trace has the exit status of the command", () => {
  assertEquals(procctl(["trace", "-qq", "sh", "-c", "exit 7"]).code, 7);
  const killed = procctl(["trace", "sh", "-c", "kill -TERM $$"]);
  assertEquals(killed.code, 128 + 15);
  assertStringIncludes(killed.stderr, "+++ killed by SIGTERM +++\n");
});

Deno.test("procctl trace says why it cannot trace", () => {
  using folder = new TemporaryFolder();
  const script = folder.write("script", "#!/opt/gone\n", 0o755);
  const plain = folder.write("plain", "", 0o644);
  for (
    const [argv, code, message] of [
      [["/nothing/there"], 127, '"/nothing" does not exist'],
      [["no-such-command"], 127, 'Cannot execute "no-such-command"'],
      [[script], 126, 'The interpreter "/opt/gone"'],
      [[plain], 126, "no execute permission"],
      [["-o", "/nothing/log", "true"], 1, 'Cannot open "/nothing/log"'],
    ] as const
  ) {
    const result = procctl(["trace", ...argv]);
    assertEquals(result.code, code, result.stderr);
    assertStringIncludes(result.stderr, "procctl: Cannot ");
    assertStringIncludes(result.stderr, message);
  }
});

Deno.test("procctl trace refuses wrong options", () => {
  for (
    const [argv, message] of [
      [[], "There is no COMMAND"],
      [["-e", "nothing", "true"], 'There is no system call "nothing"'],
      [["-e", "what=1", "true"], 'There is no expression "what="'],
      [["-ff", "true"], 'The option "-ff" needs an --output'],
      [["-o", "|cat", "true"], 'Cannot write to the command "|cat"'],
      [["-s", "x", "true"], 'Cannot read the number "x" of "--string-limit"'],
      [["-c", "--json", "true"], "Cannot write both --summary-only and --json"],
      [["-u", "no-such-user", "true"], 'There is no user "no-such-user"'],
      [["--seccomp-bpf", "true"], "Cannot use a filter of seccomp(2): add -f"],
      [["--seccomp-bpf", "-f", "true"], "all system calls are wanted"],
      [["--same-cpu", "-p", "1"], 'The option "--same-cpu" needs a COMMAND'],
      [
        ["--script", "/nothing.ts", "true"],
        'Cannot read the script "/nothing.ts": give deno the flag --allow-read',
      ],
    ] as const
  ) {
    const { code, stderr } = procctl(["trace", ...argv]);
    assertEquals(code, 2, stderr);
    assertStringIncludes(stderr, message);
  }
});

Deno.test("procctl trace shows the calls and signals that are wanted", () => {
  const script = "kill -USR1 $$";
  const ignoring = `trap "" USR1; ${script}`;
  const log = logOf(["-qq", "-e", "kill"], "sh", "-c", ignoring);
  assertMatch(
    log,
    /^kill\(\d+, SIGUSR1\) +\) = 0\n--- SIGUSR1 \{.*\} ---\n$|^kill\(\d+, SIGUSR1\) += 0\n--- SIGUSR1 \{si_signo=SIGUSR1, si_code=SI_USER, si_pid=\d+, si_uid=\d+\} ---\n$/,
  );
  assertEquals(
    logOf(
      ["-qq", "-e", "trace=none", "-e", "signal=!USR1"],
      "sh",
      "-c",
      ignoring,
    ),
    "",
  );
  assertEquals(
    logOf(["-qq", "-e", "trace=uname", "--trace=%pure"], "true"),
    "",
  );
});

Deno.test("procctl trace -f tells of all processes, by their numbers", () => {
  const log = logOf(
    ["-f", "-q", "-e", "execve"],
    "sh",
    "-c",
    "true & /bin/true; wait",
  );
  assertEquals(
    new Set(log.matchAll(/^(\d+) +execve\(/gm).map((it) => it[1])).size,
    2,
  );
  assertEquals(log.match(/\+\+\+ exited with 0 \+\+\+/g)?.length, 3);
  const alone = logOf(["-e", "execve"], "sh", "-c", "true & /bin/true; wait");
  assertEquals(alone.match(/execve\(/g)?.length, 1);
  assertNotMatch(alone, /^\d/m);
});

Deno.test("procctl trace tells of new processes on standard error, unless it is quiet", () => {
  const argv = ["sh", "-c", "/bin/true; exit"];
  const { stderr } = procctl(["trace", "-f", "-e", "execve", ...argv]);
  assertMatch(stderr, /^procctl: Process \d+ attached\n/m);
  assertMatch(stderr, /^\[pid +\d+\] execve\("\/bin\/true"/m);
  const quiet = procctl(["trace", "-f", "-q", "-e", "execve", ...argv]);
  assertNotMatch(quiet.stderr, /attached/);
});

Deno.test("procctl trace shows times", () => {
  const lines = (...options: string[]) =>
    logOf(["-e", "close", ...options], "true").split("\n");
  assertMatch(
    lines("-t")[0]!,
    /^\d\d:\d\d:\d\d close\(3\) +\) ?= 0$|^\d\d:\d\d:\d\d close\(3\) += 0$/,
  );
  assertMatch(lines("-tt")[0]!, /^\d\d:\d\d:\d\d\.\d{6} close\(3\) += 0$/);
  assertMatch(lines("-ttt")[0]!, /^\d{10}\.\d{6} close\(3\) += 0$/);
  assertMatch(lines("-r")[0]!, /^ {5}0\.000000 close\(3\) += 0$/);
  assertMatch(lines("-r")[1]!, /^ {5}\d\.\d{6} close\(3\) += 0$/);
  assertMatch(
    lines("-t", "-r")[0]!,
    /^\d\d:\d\d:\d\d \(\+ {5}0\.000000\) close\(3\)/,
  );
  assertMatch(lines("-T")[0]!, /^close\(3\) += 0 <\d\.\d{6}>$/);
});

Deno.test("procctl trace shows arguments as they are wanted", () => {
  const line = (...options: string[]) =>
    logOf(["-qq", "-e", "write", ...options], "printf", "a%400s\\001", "b")
      .trimEnd();
  assertMatch(line(), /^write\(1, "a {31}"\.\.\., 402\) += 402$/);
  assertStringIncludes(line("-s", "2"), 'write(1, "a "..., 402)');
  assertStringIncludes(line("-s", "1000"), 'b\\1", 402)');
  assertStringIncludes(line("-s", "1000", "-x"), '\\x62\\x01", 402)');
  assertStringIncludes(line("-s", "1", "-xx"), 'write(1, "\\x61"...');
  assertStringIncludes(line("-n"), "write(1, ".replace(/^/, "] "));
  assertStringIncludes(line("-N"), 'write(fd=1, buf="a ');
  assertMatch(line("-a", "60"), /^write.{55}= 402$/);
});

Deno.test("procctl trace -y shows what descriptors stand for", () => {
  const log = logOf(["-qq", "-y", "-e", "openat,close"], "cat", "/etc/passwd");
  assertMatch(
    log,
    /^openat\(AT_FDCWD<[^>]+>, "\/etc\/passwd", O_RDONLY\) = 3<\/etc\/passwd>$/m,
  );
  assertMatch(log, /^close\(3<\/etc\/passwd>\) += 0$/m);
});

Deno.test("procctl trace -v shows environment and structures whole", () => {
  const log = logOf(
    ["-qq", "-v", "-e", "execve,%fstat,newfstatat"],
    "cat",
    "/etc/passwd",
  );
  assertMatch(log, /^execve\(.*\["PATH=\/usr\/bin:\/bin"\]\) = 0$/m);
  assertStringIncludes(log, "st_ino=");
});

Deno.test("procctl trace -E changes the environment", () => {
  const { stdout } = procctl(
    [
      "trace",
      "-o",
      "/dev/null",
      "-E",
      "A=1",
      "-E",
      "B",
      "--",
      "sh",
      "-c",
      "echo $A-$B",
    ],
    { env: { PATH: "/usr/bin:/bin", B: "2" } },
  );
  assertEquals(stdout, "1-\n");
});

Deno.test("procctl trace --same-cpu keeps the command on one processor", () => {
  const processors = (...options: string[]) =>
    procctl(["trace", "-o", "/dev/null", ...options, "nproc"]).stdout;
  assertEquals(processors("--same-cpu"), "1\n");
  assertEquals(processors(), run(["nproc"]).stdout);
});

Deno.test("procctl trace -C counts too, and -c alone", () => {
  const both = logOf(["-C", "-qq", "-e", "close"], "true");
  assertMatch(both, /^close\(3\) .*\n% time +seconds/s);
  assertMatch(both, /^100\.00 +\d+\.\d{6} +\d+ +2 +total$/m);
  const alone = logOf(["-c"], "true");
  assertMatch(alone, /^% time/);
  assertMatch(
    alone,
    /^ +\d+\.\d\d +\d+\.\d{6} +\d+ +1 +1 (?:access|faccessat)$/m,
  );
});

testWith("procctl trace -u starts the command as another user", [root], () => {
  const { stdout, stderr } = procctl(
    ["trace", "-o", "/dev/null", "-u", "nobody", "sh", "-c", "id -u; id -un"],
  );
  assertEquals(stdout, "65534\nnobody\n", stderr);
});

Deno.test("procctl trace --json writes what TraceRecord says", () => {
  const script = "kill -USR1 $$; ls / | cat; exec sh -c 'exit 3'";
  using folder = new TemporaryFolder();
  const file = folder.join("log");
  const { code } = procctl([
    "trace",
    "-f",
    "-y",
    "-v",
    "--json",
    "-o",
    file,
    "sh",
    "-c",
    `trap : USR1; ${script}`,
  ]);
  assertEquals(code, 3);
  const records: TraceRecord[] = new TextDecoder().decode(readFile(file))
    .trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(records.flatMap(recordFaults), []);
  const kinds = new Set(records.map(({ kind }) => kind));
  assertEquals(kinds, new Set(["exec", "syscall", "signal", "task", "exit"]));
});

Deno.test("procctl trace --json has names, types, values and errors", () => {
  const records = recordsOf(["-e", "openat,exit_group"], "cat", "/etc/passwd");
  const calls = records.filter((it): it is SyscallRecord =>
    it.kind === "syscall"
  );
  const call = calls.find(({ args }) =>
    JSON.stringify(args).includes("passwd")
  )!;
  assertEquals(call.name, "openat");
  assertEquals(call.args.map(({ name, type, value }) => [name, type, value]), [
    ["dfd", "int", "AT_FDCWD"],
    ["filename", "const char *", {
      kind: "text",
      text: "/etc/passwd",
      more: false,
    }],
    ["flags", "int", "O_RDONLY"],
  ]);
  assertEquals([call.result, call.text, call.errno], ["3", "3", undefined]);
  const last = calls.at(-1)!;
  assertEquals([last.name, last.result, last.text], ["exit_group", null, "?"]);
  assertEquals(records.at(-1)?.kind, "exit");
});

Deno.test("procctl trace --files tells what was done with files", () => {
  using folder = new TemporaryFolder();
  folder.write("input", "text");
  const script =
    "cat input missing >output 2>/dev/null; rm output; test -e input";
  const { stderr } = procctl(
    ["trace", "--files", "--json", "sh", "-c", `cd ${folder.path}; ${script}`],
  );
  const { files }: FilesReport = JSON.parse(stderr);
  const usesOf = (name: string) =>
    files.find(({ path }) => path === `${folder.path}/${name}`)?.uses;
  assertEquals(usesOf("input"), ["read", "examined"]);
  assertEquals(usesOf("missing"), ["missing"]);
  assertEquals(usesOf("output"), ["written", "examined"]);
  const executed = files.filter(({ uses }) => uses.includes("executed"));
  assertEquals(
    executed.map(({ path }) => path.replace(/.*\//, "")).sort(),
    ["cat", "rm", "sh"],
  );
});

testWith("procctl trace --files knows all files of strace -e %file", [
  tool("strace"),
], () => {
  const argv = ["sh", "-c", "ls -la /etc/apt /nothing >/dev/null 2>&1"];
  using folder = new TemporaryFolder();
  const file = folder.join("log");
  const options = { env: { PATH: "/usr/bin:/bin" }, cwd: "/" };
  run(
    ["strace", "-f", "-e", "%file", "-s", "4096", "-o", file, ...argv],
    options,
  );
  const paths = new Set<string>();
  for (const line of new TextDecoder().decode(readFile(file)).split("\n")) {
    const path = /^\d+ +\w+\((?:AT_FDCWD, )?"([^"]+)"/.exec(line)?.[1];
    if (path !== undefined) paths.add(path.startsWith("/") ? path : `/${path}`);
  }
  const { stderr } = procctl(["trace", "--files", "--json", ...argv], options);
  const { files }: FilesReport = JSON.parse(stderr);
  const found = new Set(files.map(({ path }) => path));
  assertEquals([...paths].filter((path) => !found.has(path)), []);
});

Deno.test("procctl trace lets calls fail", () => {
  using folder = new TemporaryFolder();
  const file = folder.write("file", "text");
  const { code, stderr } = procctl(
    [
      "trace",
      "-e",
      "trace=none",
      "-e",
      "inject=unlink,unlinkat:error=EROFS",
      "-qq",
      "rm",
      file,
    ],
  );
  assertEquals(code, 1);
  assertStringIncludes(stderr, "Read-only file system");
  assertEquals(new TextDecoder().decode(readFile(file)), "text");
  const umask = procctl(
    [
      "trace",
      "-e",
      "umask",
      "-e",
      "inject=umask:retval=077",
      "sh",
      "-c",
      "umask",
    ],
  );
  assertEquals(umask.stdout, "0077\n");
  assertMatch(umask.stderr, /^umask\(.*\) += 077 \(INJECTED\)$/m);
});

Deno.test("procctl trace waits where it is told to", () => {
  const log = logOf(
    ["-r", "-e", "inject=close:delay_exit=20000:when=1", "-e", "close"],
    "true",
  );
  assertMatch(
    log,
    /^ +0\.0+ close\(3\) += 0 \(DELAYED\)\n +0\.0[2-9]\d+ close/,
  );
});

Deno.test("procctl trace sends signals where it is told to", () => {
  const { code, stderr } = procctl(
    ["trace", "-e", "none", "-e", "inject=close:signal=TERM", "true"],
  );
  assertEquals(code, 128 + 15);
  assertStringIncludes(stderr, "--- SIGTERM {");
});

Deno.test("procctl trace --script gives calls to the handlers of a module", () => {
  using folder = new TemporaryFolder();
  const script = folder.write(
    "script.ts",
    `
    import { defineTrace } from "@procctl/cli/trace-script";
    let count = 0;
    export default defineTrace({
      enter: {
        write(call) {
          if (call.args[2]! > 3n) call.args[2] = 3n;
          count++;
        },
      },
      exit: {
        umask(call) { call.result = 0o77n; },
      },
      signal(event) { if (event.signal === "SIGTERM") event.suppress(); },
      done() { console.log(count + " writes"); },
    });
  `,
  );
  const main = `${ROOT}/packages/cli/main.ts`;
  const { code, stdout, stderr } = run([
    ...denoArgv(main, ["--allow-ffi", "--allow-read"]),
    ...[
      "trace",
      "--script",
      script,
      "-e",
      "none",
      "-qq",
      "sh",
      "-c",
      "kill $$; echo abcdef; umask",
    ],
  ]);
  assertEquals([code, stdout, stderr.replace(/--- SIGTERM .*\n/, "")], [
    0,
    "abcdef\n0077\n5 writes\n",
    "",
  ]);
});

Deno.test("an error of a script ends the trace, and the program", () => {
  using folder = new TemporaryFolder();
  const script = folder.write(
    "script.ts",
    `export default { enter: { openat() { throw new Error("of the script"); } } };`,
  );
  for (const options of [[], ["-o", "/dev/null"]]) {
    const { code, stdout, stderr } = run([
      ...denoArgv(`${ROOT}/packages/cli/main.ts`, [
        "--allow-ffi",
        "--allow-read",
      ]),
      ...["trace", "--script", script, ...options, "echo", "survived"],
    ]);
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, "of the script");
  }
});

Deno.test("procctl trace -ff writes each process to a file of its own", () => {
  using folder = new TemporaryFolder();
  const file = folder.join("log");
  const { code } = procctl(
    [
      "trace",
      "-ff",
      "-q",
      "-e",
      "execve",
      "-o",
      file,
      "sh",
      "-c",
      "/bin/true & exec /bin/true",
    ],
  );
  assertEquals(code, 0);
  const names = readDirectory(folder.path).map((it) =>
    new TextDecoder().decode(it)
  );
  assertEquals(names.length, 2);
  for (const name of names) {
    const log = new TextDecoder().decode(readFile(folder.join(name)));
    assertMatch(
      log,
      /^execve\(".*\/true", .*\n\+\+\+ exited with 0 \+\+\+\n$/ms,
    );
  }
});

Deno.test("procctl trace --json has bytes that are no text in hexadecimal too", () => {
  const [record] = recordsOf(["-e", "write"], "printf", "a\\377")
    .filter(({ kind }) => kind === "syscall");
  const { args } = record as SyscallRecord;
  assertEquals(args[1]?.value, {
    kind: "text",
    text: "a\ufffd",
    hex: "61ff",
    more: false,
  });
});
