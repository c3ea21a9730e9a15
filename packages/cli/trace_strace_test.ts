import { assert, assertEquals } from "@std/assert";
import { readFile } from "@procctl/libc/files";
import {
  denoArgv,
  ROOT,
  run,
  TemporaryFolder,
  testWith,
  tool,
} from "@procctl/testing";
import { recordFaults } from "./_testing_record.ts";
import {
  likeness,
  readCounts,
  readLog,
  type TaskLog,
} from "./_testing_strace.ts";

const SERVER_AND_CLIENT = `
import os, socket
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen()
if os.fork() == 0:
    client = socket.create_connection(server.getsockname())
    client.sendall(b"hello")
    assert client.recv(100) == b"HELLO"
    os._exit(0)
connection, _ = server.accept()
connection.sendall(connection.recv(100).upper())
connection.close()
os.wait()
`;

const EXEC_IN_THREAD = `
import os, threading, time
def main():
    time.sleep(0.1)
    os.execv("/bin/true", ["true"])
thread = threading.Thread(target=main)
thread.start()
thread.join()
`;

/** Commands, by a name, and the programs that they need. */
const COMMANDS: readonly (readonly [name: string, argv: string[]])[] = [
  ["true", ["true"]],
  ["ls -la", ["ls", "-la", "/etc"]],
  ["cat", ["cat", "/etc/passwd"]],
  ["a pipeline", ["sh", "-c", "cat /etc/passwd | sort | head -n 3 | wc -l"]],
  ["tar", ["tar", "cf", "/dev/null", "/etc/apt"]],
  ["git --version", ["git", "--version"]],
  ["perl -e", ["perl", "-e", 'print join(",", sort <*>), "\\n"']],
  ["python3 -c", ["python3", "-Ic", "import json; print(json.dumps([1]))"]],
  ["find", ["find", "/etc/apt", "-type", "f"]],
  ["an exec in a thread", ["python3", "-Ic", EXEC_IN_THREAD]],
  ["a server and a client", ["python3", "-Ic", SERVER_AND_CLIENT]],
];

/**
 * The environment, of which addresses on the stack depend, and the room that
 * Perl takes for its hashes.
 */
const ENV = {
  PATH: "/usr/bin:/bin",
  LC_ALL: "C",
  HOME: "/",
  PERL_HASH_SEED: "0",
};
/** Addresses are the same in each run. */
const FIXED = ["setarch", "-R"];

function traceOf(tracer: readonly string[], argv: readonly string[]): string {
  using folder = new TemporaryFolder();
  const log = folder.join("log");
  const { code, stderr } = run([...FIXED, ...tracer, "-o", log, ...argv], {
    env: ENV,
    cwd: "/",
  });
  assertEquals(code, 0, stderr);
  return new TextDecoder().decode(readFile(log));
}

const PROCCTL = [
  ...denoArgv(`${ROOT}/packages/cli/main.ts`),
  "trace",
];

for (const [name, argv] of COMMANDS) {
  const needs = ["strace", "setarch", argv[0]!].map(tool);
  testWith(`procctl trace writes of ${name} what strace does`, needs, () => {
    const options = ["-f", "-qq"];
    const expected = readLog(traceOf(["strace", ...options], argv));
    const found = readLog(traceOf([...PROCCTL, ...options], argv));
    const alike = likeness(expected, found);
    assert(alike >= 0.95, `${alike}\n${differences(expected, found)}`);
  });
}

for (const [name, argv] of COMMANDS) {
  const needs = ["setarch", argv[0]!].map(tool);
  testWith(`procctl trace --json writes of ${name} what it says`, needs, () => {
    const lines = traceOf([...PROCCTL, "-f", "-q", "--json"], argv).trimEnd()
      .split("\n");
    assert(lines.length > 20);
    assertEquals(lines.flatMap((line) => recordFaults(JSON.parse(line))), []);
  });
}

// What others do in the meantime makes a difference in the rest.
for (const [name, argv] of COMMANDS.filter(([name]) => !/^an? /.test(name))) {
  const needs = ["strace", "setarch", argv[0]!].map(tool);
  testWith(`procctl trace -c counts of ${name} what strace does`, needs, () => {
    const options = ["-f", "-c", "-q"];
    const expected = readCounts(traceOf(["strace", ...options], argv));
    assert(expected.length > 10);
    assertEquals(
      readCounts(traceOf([...PROCCTL, ...options], argv)),
      expected,
    );
  });
}

function differences(a: readonly TaskLog[], b: readonly TaskLog[]): string {
  const [left, right] = [new Set(a.flat()), new Set(b.flat())];
  return [
    ...[...left].filter((it) => !right.has(it)).map((it) => `- ${it}`),
    ...[...right].filter((it) => !left.has(it)).map((it) => `+ ${it}`),
  ].join("\n");
}
