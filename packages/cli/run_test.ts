import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { getenv, readFile } from "@procctl/libc";
import { spawn } from "@procctl/spawn";
import {
  converse,
  ordinaryUser,
  root,
  run,
  runInTerminal,
  TemporaryFolder,
  testWith,
  tool,
  userNamespaces,
} from "@procctl/testing";
import { PROCCTL, procctl } from "./_testing.ts";
import type { RunReport } from "./run_report.ts";

/** Runs a command, and gives its report. */
function reportOf(...args: string[]): RunReport & { stdout: string } {
  using folder = new TemporaryFolder();
  const file = folder.join("report");
  const { code, stdout, stderr } = procctl([
    ...["run", "--json", "--report", file, ...args],
  ]);
  assertEquals(stderr, "");
  const report = JSON.parse(new TextDecoder().decode(readFile(file)));
  assertEquals(report.status, code);
  return { ...report, stdout };
}

Deno.test("procctl run gives a command's output and exit status as they are", () => {
  const { code, stdout, stderr } = procctl(
    ["run", "--quiet", "--", "sh", "-c", "cat; echo no >&2; exit 3"],
    { stdin: "hello" },
  );
  assertEquals([code, stdout, stderr], [3, "hello", "no\n"]);
  const killed = procctl(["run", "-q", "sh", "-c", "kill -HUP $$"]);
  assertEquals(killed.code, 129);
});

Deno.test("procctl run reports how a command ended, and what it used", () => {
  const { code, stderr } = procctl(["run", "sh", "-c", "sleep 60 & exit 3"]);
  assertEquals(code, 3);
  assertMatch(
    stderr,
    /^procctl: It ended with exit status 3\.\n +time +\d+\.\d\d s in all, .*\n +memory .* MiB at most, .*\n +page faults .*\n +switches .*\n +contained by .*\n +left behind +1, ended\n$/,
  );
});

Deno.test("procctl run says which limit ended a command", () => {
  const rows: [
    options: string[],
    command: string,
    code: number,
    text: string,
  ][] = [
    [["-w", "0.2"], "sleep 60", 124, "ended by a limit: --wall,"],
    [["--cpu-time=200ms"], "while :; do :; done", 124, "limit: --cpu-time,"],
    [["--processes", "2"], "sleep 60 & sleep 60 & wait", 124, "--processes,"],
    [["--fsize", "1KiB"], "exec yes > f", 124, "--fsize, size of a file"],
    [["--output", "10"], "echo hello world", 124, "limit: --output,"],
    [
      ["--nofile", "8"],
      "exec 3<. 4<. 5<. 6<. 7<.; i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; exit 1",
      1,
      "--nofile, numbers",
    ],
    [[], "kill -TERM $$", 143, "It was ended by SIGTERM."],
    [[], "true", 0, "It ended well."],
  ];
  using folder = new TemporaryFolder();
  for (const [options, command, code, text] of rows) {
    const ended = procctl(
      ["run", "-C", folder.path, ...options, "--", "sh", "-c", command],
    );
    assertEquals([command, ended.code], [command, code]);
    assertStringIncludes(ended.stderr, text);
  }
});

Deno.test("procctl run reports JSON to the standard error, or to a file", () => {
  const { stderr } = procctl(["run", "--json", "true"]);
  const report: RunReport = JSON.parse(stderr);
  assertEquals(report.command, ["true"]);
  assertEquals(report.verdict, { kind: "exited", code: 0 });
  const { verdict, status, signal } = reportOf("-w", "100ms", "sleep", "60");
  assertEquals(verdict, { kind: "wall-limit", limit: "wall", certain: true });
  assertEquals([status, signal], [124, "SIGKILL"]);
});

Deno.test("procctl run passes on what a command writes up to a limit", () => {
  const { code, stdout } = procctl(["run", "-q", "--output=1KiB", "yes"]);
  assertEquals([code, stdout.length], [124, 1024]);
  const pipeline = '"$@" | head -n 1';
  const { stdout: first } = run([
    ...[
      "sh",
      "-c",
      pipeline,
      "sh",
      ...PROCCTL,
      "run",
      "-q",
      "--output=1GiB",
      "yes",
    ],
  ]);
  assertEquals(first, "y\n");
});

Deno.test("procctl run sets what a command begins with", () => {
  using folder = new TemporaryFolder();
  folder.write("in", "from a file\n");
  const script =
    "cat; echo $A-$B; umask; nice; nproc; ulimit -n; echo no >&2; pwd";
  const { code } = procctl([
    ...["run", "-q", "-C", folder.path, "--umask", "027", "--nice", "7"],
    ...["--affinity", "0", "--nofile", "64", "-e", "A=1", "-u", "B"],
    ...["--stdin", folder.join("in"), "--stdout", folder.join("out")],
    ...["--stderr", folder.join("err"), "--", "sh", "-c", script],
  ], {
    env: {
      PATH: getenv("PATH")!,
      B: "2",
      DENO_DIR: getenv("DENO_DIR") ?? "",
      HOME: getenv("HOME") ?? "/",
    },
  });
  assertEquals(code, 0);
  const text = (name: string) =>
    new TextDecoder().decode(readFile(folder.join(name)));
  assertEquals(
    text("out"),
    `from a file\n1-\n0027\n7\n1\n64\n${folder.path}\n`,
  );
  assertEquals(text("err"), "no\n");
});

Deno.test("procctl run lets a command gain no privileges", () => {
  const args = ["grep", "NoNewPrivs", "/proc/self/status"];
  const { stdout } = procctl(["run", "-q", "--no-new-privs", ...args]);
  assertEquals(stdout, "NoNewPrivs:\t1\n");
  assertEquals(procctl(["run", "-q", ...args]).stdout, "NoNewPrivs:\t0\n");
});

testWith("procctl run becomes a user and a group", [root], () => {
  const id = (...options: string[]) =>
    procctl(["run", "-q", ...options, "id"]).stdout;
  assertMatch(
    id("--user", "nobody"),
    /^uid=65534\(.*\) gid=65534\(.*\) groups=65534\(.*\)\n$/,
  );
  assertMatch(id("--user", "1", "--group", "2"), /^uid=1\(.*gid=2\(/);
  const { code, stderr } = procctl(["run", "--user", "no body", "id"]);
  assertEquals(code, 2);
  assertStringIncludes(stderr, 'procctl: There is no user "no body"\n');
});

/** The interfaces of its network, each in a line. */
const INTERFACES = ["run", "-q", "--no-network", "cat", "/proc/net/dev"];

testWith("procctl run by root takes the network away", [root], () => {
  const { code, stdout } = procctl(INTERFACES);
  assertEquals([code, stdout.trim().split("\n").length], [0, 3]);
});

testWith(
  "procctl run by an ordinary user takes the network away",
  [ordinaryUser, userNamespaces],
  () => {
    const { code, stdout } = procctl(INTERFACES);
    assertEquals([code, stdout.trim().split("\n").length], [0, 3]);
  },
);

testWith(
  "procctl run says why the network cannot be taken away",
  [userNamespaces, tool("setpriv")],
  () => {
    // In a namespace that may have none below it, by one who has no rights there.
    const script = "echo 0 > /proc/sys/user/max_user_namespaces && " +
      'exec setpriv --bounding-set=-all --inh-caps=-all "$@"';
    const { code, stderr } = run([
      ...["unshare", "--user", "--map-root-user", "sh", "-c", script, "sh"],
      ...PROCCTL,
      ...INTERFACES,
    ]);
    assertEquals(code, 125);
    assertEquals(
      stderr,
      "procctl: Cannot take the network away: this system does not let this user make namespaces: ENOSPC\n",
    );
  },
);

Deno.test("procctl run says that there is no such command, or that it cannot be executed", () => {
  const missing = procctl(["run", "no-such-command"]);
  assertEquals(missing.code, 127);
  assertStringIncludes(missing.stderr, 'Cannot execute "no-such-command"');
  assertEquals(procctl(["run", "/"]).code, 126);
  assertEquals(procctl(["run", "-C", "/nonexistent", "true"]).code, 125);
});

Deno.test("procctl run refuses a wrong command line", () => {
  const rows: [args: string[], message: string][] = [
    [[], "There is no COMMAND given"],
    [["--wall", "soon", "true"], 'Cannot use "soon" as wall'],
    [["--memory", "lots", "true"], 'Cannot parse the limit "lots"'],
    [["--processes", "few", "true"], 'Cannot use "few" as --processes'],
    [["--affinity", "3-1", "true"], 'Cannot use "3-1" as --affinity'],
    [["--progress", "often", "true"], 'Cannot use "often" as --progress'],
    [["--output=1", "--stdout=f", "true"], "--output and --stdout exclude"],
    [["--quiet", "--json", "true"], "--quiet reports nothing"],
    [["--env", "A", "true"], 'Cannot set "A": expected KEY=VALUE'],
  ];
  for (const [args, message] of rows) {
    const { code, stderr } = procctl(["run", ...args]);
    assertEquals([args, code], [args, 2]);
    assertStringIncludes(stderr, `procctl: ${message}`);
  }
});

Deno.test("procctl run hands signals on to the command", async () => {
  const trap = (name: string) => `trap 'echo ${name}; exit 9' ${name};`;
  for (const name of ["INT", "TERM", "HUP", "QUIT", "USR1", "USR2"]) {
    const [command, ...args] = PROCCTL;
    await using child = spawn(command!, {
      args: [
        ...[...args, "run", "-q", "--own-group", "sh", "-c"],
        `${trap(name)} echo ready; while :; do sleep 0.05; done`,
      ],
      stdout: "piped",
    });
    let shown = "";
    for await (const chunk of child.stdout) {
      shown += new TextDecoder().decode(chunk);
      if (shown === "ready\n") child.kill(`SIG${name}` as Deno.Signal);
    }
    assertEquals(shown, `ready\n${name}\n`);
    assertEquals((await child.status).code, 9);
  }
});

Deno.test("procctl run shows on a terminal what a command uses", () => {
  const { stdout } = runInTerminal([
    ...[...PROCCTL, "run", "--progress=always", "sleep", "0.7"],
  ]);
  assertMatch(stdout, /\d+\.\d\d s +cpu \d+\.\d\d s +memory .* +1 process\r/);
  const quiet = procctl(["run", "sleep", "1.3"]);
  assertEquals(quiet.stderr.includes("process\r"), false);
});

/** How a shell that has jobs is started. */
const SHELL = { env: { PATH: getenv("PATH")!, PS1: "ready> ", ENV: "" } };
/** A command that goes on, and says so. */
const LOOP =
  'trap "echo went on" CONT; echo begun; while :; do sleep 0.05; done';

testWith(
  "Ctrl-Z stops a command with procctl run, fg goes on, Ctrl-C ends both",
  [tool("setsid")],
  () => {
    using folder = new TemporaryFolder();
    const words = [...PROCCTL, "run", "-q", "sh", folder.write("loop", LOOP)];
    const line = words.map((word) => `'${word}'`).join(" ");
    const { shown } = converse(["sh", "-i"], [
      ["ready> ", `${line}\n`],
      ["begun", "\x1a"],
      ["ready> ", "jobs\n"],
      ["Stopped", "fg\n"],
      ["went on", "\x03"],
      ["ready> ", "echo status $?\n"],
      ["status 130", "exit\n"],
    ], SHELL);
    assertStringIncludes(shown, "status 130");
  },
);

testWith("a command that procctl run started reads from the terminal", [
  tool("setsid"),
], () => {
  const words = [...PROCCTL, "run", "-q", "sh", "-c", 'read x; echo "got $x"'];
  const line = words.map((word) => `'${word}'`).join(" ");
  const { shown } = converse(["sh", "-i"], [
    ["ready> ", `${line}; echo status $?\n`],
    ["\n", "words\n"],
    ["got words", ""],
    ["status 0", "exit\n"],
  ], SHELL);
  assertStringIncludes(shown, "got words");
});
