import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  denoArgv,
  js,
  parseTextDump,
  run,
  TemporaryFolder,
} from "@procctl/testing";
import {
  assertFailures,
  childEnv,
  dumpOf,
  failures,
  outputOf,
  rawDumpOf,
  runChild,
  writeDumper,
} from "./_testing.ts";

/** The value of a field of /proc/self/status, which the new program prints. */
function statusField(status: string, name: string): string | undefined {
  return new RegExp(`^${name}:\\s*(.*)$`, "m").exec(status)?.[1];
}

Deno.test("exec() finds the command in PATH, and hands on the arguments", () => {
  using folder = new TemporaryFolder();
  writeDumper(folder);
  const { argv, path } = dumpOf(
    js`exec("dumper", { args: ["", "a b", "é"] })`,
    { env: { PATH: `/nonexistent:${folder.path}` } },
  );
  assertEquals(argv, ["dumper", "", "a b", "é"]);
  assertEquals(path, folder.join("dumper"));
});

Deno.test("exec() tells the program the name of argv0", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  const { argv } = dumpOf(js`exec(${dumper}, { argv0: "-login" })`);
  assertEquals(argv, ["-login"]);
});

Deno.test("exec() takes a file: URL as the command", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder, "a b");
  const { argv } = dumpOf(js`exec(new URL(${`file://${dumper}`}))`);
  assertEquals(argv, [dumper]);
});

Deno.test("exec() hands on the environment with its changes", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  const env = { A: "1", B: "2", C: "3" };
  const source = js`exec(${dumper}, { env: { B: undefined, C: "4", D: "" } })`;
  const found = dumpOf(source, { env }).env;
  const kept = found.filter((entry) => /^[A-D]=/.test(entry));
  assertEquals(kept, ["A=1", "C=4", "D="]);
  const caches = Object.keys(childEnv());
  assertEquals(found.length, kept.length + caches.length);
});

Deno.test("exec() keeps doubles and entries without a = as they are", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  const script = folder.write(
    "program.mjs",
    js`
      import { exec } from "@procctl/exec";
      exec(${dumper}, { env: { A: "1" } });
    `,
  );
  const given = ["AB", "B=1", "B=2", "A=0"];
  const caches = Object.entries(childEnv()).map(([key, value]) =>
    `${key}=${value}`
  );
  const { stdoutBytes } = run(denoArgv(script), { env: [...given, ...caches] });
  const { env } = parseTextDump(stdoutBytes);
  assertEquals(env.filter((entry) => !caches.includes(entry)), [
    ...given.slice(0, 3),
    "A=1",
  ]);
});

Deno.test("exec() with clearEnv hands on only the variables given", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  const none = dumpOf(js`exec(${dumper}, { clearEnv: true })`);
  assertEquals(none.env, []);
  const source = js`exec(${dumper}, { clearEnv: true, env: { A: "1" } })`;
  assertEquals(dumpOf(source).env, ["A=1"]);
});

Deno.test("exec() finds the command relative to the new directory", () => {
  using folder = new TemporaryFolder();
  folder.write("where", "#!/bin/sh\necho $0 in $(pwd -P)\n", 0o755);
  const output = outputOf(js`exec("./where", { cwd: ${folder.path} })`);
  assertEquals(output, `./where in ${folder.path}\n`);
});

Deno.test("exec() resolves relative folders of PATH in the new directory", () => {
  using folder = new TemporaryFolder();
  folder.mkdir("bin");
  folder.write("bin/where", "#!/bin/sh\necho $0\n", 0o755);
  const output = outputOf(js`exec("where", { cwd: ${folder.path} })`, {
    env: { PATH: "bin" },
  });
  assertEquals(output, "bin/where\n");
});

Deno.test("exec() creates files under the umask it sets, which the program keeps", () => {
  using folder = new TemporaryFolder();
  const source = js`exec("/bin/sh", {
    args: ["-c", "umask; stat -c %a out >&2"],
    umask: 0o027,
    cwd: ${folder.path},
    stdout: { path: ${folder.join("out")}, access: "write", create: true },
  })`;
  const { stdout, stderr } = runChild(source, {
    env: { PATH: "/usr/bin:/bin" },
  });
  assertEquals([stdout, stderr], ["", "640\n"]);
  const read = js`exec("/bin/cat", { args: [${folder.join("out")}] })`;
  assertEquals(outputOf(read), "0027\n");
});

/** Bits of a field such as SigIgn, for the signals that a program can handle. */
function signalBits(status: string, name: string): number {
  // Not 32 and 33, glibc's own: posix_spawn(3) of the test leaves one ignored.
  // Nor SIGHUP, SIGINT and SIGQUIT, which nohup(1) or the `&` of a shell may
  // have set to be ignored by the test.
  return parseInt(statusField(status, name)!, 16) & 0x7ffffff8;
}

const SIGUSR1_BIT = 0x200;
const SIGPIPE_BIT = 0x1000;
const STATUS = "/proc/self/status";

Deno.test("exec() gives SIGPIPE its default effect, and leaves no signal blocked", () => {
  const status = outputOf(js`exec("/bin/cat", { args: [${STATUS}] })`);
  assertEquals(signalBits(status, "SigIgn"), 0);
  assertEquals(signalBits(status, "SigBlk"), 0);
  assertEquals(statusField(status, "Threads"), "1");
});

Deno.test('exec() with sigpipe "keep" leaves SIGPIPE ignored', () => {
  const source = js`exec("/bin/cat", { args: [${STATUS}], sigpipe: "keep" })`;
  assertEquals(signalBits(outputOf(source), "SigIgn"), SIGPIPE_BIT);
});

Deno.test("exec() leaves a signal ignored that the parent ignored", () => {
  using folder = new TemporaryFolder();
  const script = folder.write(
    "program.mjs",
    js`
      import { exec } from "@procctl/exec";
      exec("/bin/cat", { args: [${STATUS}] });
    `,
  );
  const ignoring = ["sh", "-c", 'trap "" USR1; exec "$@"', "sh"];
  const { stdout } = run([...ignoring, ...denoArgv(script)]);
  assertEquals(signalBits(stdout, "SigIgn"), SIGUSR1_BIT);
});

Deno.test("exec() lets a program end by SIGPIPE, as from a shell", () => {
  const output = outputOf(
    js`exec("/bin/sh", { args: ["-c", ${"(yes; echo $? >&2) | head -n 1"}], stderr: 1 })`,
    { env: { PATH: "/usr/bin:/bin" } },
  );
  // Two programs print, each when it gets to it.
  assertEquals(output.split("\n").sort(), ["", "141", "y"]);
});

Deno.test("exec() keeps pid, parent, group, session, terminal and nice value", () => {
  const [before, after] = outputOf(js`
    const stat = readFile("/proc/self/stat");
    Deno.stdout.writeSync(stat);
    exec("/bin/cat", { args: ["/proc/self/stat"] });
  `).trim().split("\n").map((stat) => {
    // After the name, which is the program's: state, then from parent on.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return {
      pid: stat.split(" ")[0],
      inherited: fields.slice(1, 6),
      nice: fields[16],
    };
  });
  assertEquals(after, before);
});

Deno.test("exec() keeps the directory and the limits", () => {
  using folder = new TemporaryFolder();
  const { stdout } = runChild(
    js`
      Deno.stdout.writeSync(readFile("/proc/self/limits"));
      console.log("--");
      exec("/bin/sh", { args: ["-c", "cat /proc/self/limits; pwd -P"] });
    `,
    { cwd: folder.path, env: { PATH: "/usr/bin:/bin" } },
  );
  const [before, after] = stdout.split("--\n");
  assertEquals(after, `${before}${folder.path}\n`);
});

Deno.test("exec() runs no listener, and loses nothing that was printed", () => {
  const output = outputOf(js`
    addEventListener("unload", () => console.log("unload"));
    import process from "node:process";
    process.on("exit", () => console.log("exit"));
    console.log("before");
    exec("/bin/echo", { args: ["after"] });
  `);
  assertEquals(output, "before\nafter\n");
});

Deno.test("exec() closes what Deno had open, a listening socket among it", () => {
  const [port, ...rest] = outputOf(
    js`
      const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
      const file = Deno.openSync("/dev/null");
      console.log(listener.addr.port);
      exec("/bin/ls", { args: ["/proc/self/fd"] });
    `,
    { flags: ["--allow-ffi", "--allow-net", "--allow-read"] },
  ).split("\n");
  assertMatch(port!, /^\d+$/);
  // What this process itself let its children inherit is inherited all the way.
  const { stdout } = run(["/bin/ls", "/proc/self/fd"]);
  assertEquals(rest.join("\n"), stdout);
});

Deno.test("exec() from a Worker replaces the whole process", () => {
  using folder = new TemporaryFolder();
  const show = "echo $$; grep Threads /proc/$$/status";
  const file = folder.write(
    "worker.mjs",
    js`
      import { exec } from "@procctl/exec";
      exec("/bin/sh", { args: ["-c", ${show}] });
    `,
  );
  const output = outputOf(
    js`
      console.log(Deno.pid);
      new Worker(new URL(${`file://${file}`}), { type: "module" });
      await new Promise((resolve) => setTimeout(resolve, 20_000));
    `,
    {
      flags: ["--allow-ffi", "--allow-read"],
      env: { PATH: "/usr/bin:/bin" },
    },
  );
  const [announced, pid, threads] = output.split("\n");
  assertEquals(pid, announced);
  assertMatch(threads!, /^Threads:\s+1$/);
});

Deno.test("exec() inherits changes of Deno.env, and bytes that are no text", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  const { env } = rawDumpOf(
    js`
      const libc = lazySymbols({
        setenv: { parameters: ["buffer", "buffer", "i32"], result: "i32" },
      });
      libc.setenv(encodeCString("BYTES", ""), Uint8Array.of(0xff, 0xfe, 0), 1);
      Deno.env.set("SET", "1");
      Deno.env.delete("GONE");
      exec(${dumper});
    `,
    { flags: ["--allow-ffi", "--allow-env"], env: { GONE: "1" } },
  );
  const entries = env.map((entry) => entry.toHex());
  const hex = (text: string) => new TextEncoder().encode(text).toHex();
  assertEquals(entries.includes(hex("SET=1")), true);
  assertEquals(entries.includes(hex("BYTES=") + "fffe"), true);
  assertEquals(entries.some((entry) => entry.startsWith(hex("GONE="))), false);
});

Deno.test("exec() fails before the kernel is asked when a value cannot be handed on", () => {
  // Without a grant, a system call would be NotCapable.
  const expected = {
    'exec("a\\0b")': "TypeError: Cannot pass command to the kernel",
    'exec("a", { args: ["x", "\\0"] })': "TypeError: Cannot pass args[1]",
    'exec("a", { args: "x" })': "TypeError: Cannot pass args",
    'exec("a", { args: [1] })': "TypeError: Cannot pass args[0]",
    'exec("a", { argv0: "\\ud800" })': "TypeError: Cannot pass argv0",
    'exec("a", { env: { "A=": "" } })': "TypeError: Cannot pass env",
    'exec("a", { env: { A: 1 } })': 'TypeError: Cannot pass env["A"]',
    'exec("a", { env: new Map() })': "TypeError: Cannot pass env",
    'exec("a", { cwd: "\\0" })': "TypeError: Cannot pass cwd",
    'exec("a", { umask: 0o1000 })': "RangeError: Cannot set umask to 512",
    'exec("a", { umask: 1.5 })': "RangeError: Cannot set umask to 1.5",
    'exec("a", { closeFrom: 2 })': "RangeError: Cannot set closeFrom to 2",
    'exec("a", { limits: { NOFILE: 1 } })':
      'TypeError: Cannot use limits["NOFILE"]',
    'exec("a", { limits: { nofile: "1Kx" } })':
      'TypeError: Cannot parse the limit "1Kx" of "nofile"',
    'exec("a", { limits: { nofile: { soft: -1 } } })':
      'RangeError: Cannot set the soft limit "nofile" to -1',
    'exec("a", { limits: ["nofile"] })': "TypeError: Cannot use a value of",
    'exec("a", { sigpipe: "x" })': 'TypeError: Cannot set sigpipe to "x"',
    'exec("a", { stdin: "piped" })': 'TypeError: Cannot use "piped" as stdin',
    'exec("a", { stdout: -1 })': "RangeError: Cannot use -1 as stdout",
    'exec("a", { stdout: 0.5 })': "RangeError: Cannot use 0.5 as stdout",
    'exec("a", { stderr: { path: "x" } })': "TypeError: Cannot open a file",
    'exec("a", { stderr: { path: "\\0", access: "read" } })':
      "TypeError: Cannot pass stderr.path",
    'exec("a", { stdin: { path: "x", access: "read", truncate: true } })':
      "TypeError: Cannot truncate a file as stdin",
    'exec("a", { stdin: { path: "x", access: "read", mode: -1 } })':
      "RangeError: Cannot create a file as stdin with mode -1",
  };
  const found = failures(Object.keys(expected), { flags: [] });
  for (const [index, message] of Object.values(expected).entries()) {
    const failure = found[index]!;
    assertStringIncludes(`${failure.type}: ${failure.message}`, message);
  }
});

Deno.test("exec() names the step that failed", () => {
  const found = assertFailures({
    'exec("nonexistent")': "ENOENT",
    'exec("/etc/passwd")': "EACCES",
    'exec("/bin/true", { cwd: "/nonexistent" })': "ENOENT",
    'exec("/bin/true", { stdout: { path: "/nonexistent/x", access: "read" } })':
      "ENOENT",
    'exec("/bin/true", { stderr: 987 })': "EBADF",
  });
  assertEquals(
    found.map(({ syscall, path }) => [syscall, path]),
    [
      ["execve", "nonexistent"],
      ["execve", "/etc/passwd"],
      ["chdir", "/nonexistent"],
      ["open", "/nonexistent/x"],
      ["fcntl", undefined],
    ],
  );
});

Deno.test("exec() gives a file without a format to the shell only if asked to", () => {
  using folder = new TemporaryFolder();
  const file = folder.write("plain", 'echo "$0" "$@"\n', 0o755);
  assertFailures({ [js`exec(${file})`]: "ENOEXEC" });
  const source = js`exec(${file}, { args: ["x"], shellFallback: true })`;
  assertEquals(outputOf(source), `${file} x\n`);
});
