// That a call of the family which fails changes nothing in the process.

import { assert, assertEquals } from "@std/assert";
import { outputOf } from "./_testing.ts";

/** Calls that fail: in the search, in the path, in the shell, in the file. */
const CALLS = [
  'execve("/missing", ["x"], { A: "1" })',
  'execv("/dev/null", ["x"])',
  'execl("/missing", "x")',
  'execle("/missing", "x", { A: "1" })',
  'execvp("missing", ["x"])',
  'execvpe("missing", ["x"], { A: "1" })',
  'execlp("missing", "x")',
  'execveat(AT_FDCWD, "/missing", ["x"], {})',
  'execveat(-1, "", ["x"], {}, AT_EMPTY_PATH)',
  'fexecve(99, ["x"], {})',
  'execve("/bin/true", ["true", "x".repeat(2 ** 20)], {})',
  'execvp("true", ["true", "x".repeat(2 ** 20)])',
  'execveat(AT_FDCWD, "/bin/true", ["x", "x".repeat(2 ** 20)], {})',
  'execveatCheck(AT_FDCWD, "/dev/null")',
];

/** Defines state(): what execve(2) changes in a process, and what exec() does. */
const STATE = `
  const text = (path) => new TextDecoder().decode(readFile(path));
  const libc = lazySymbols({
    fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
    getcwd: { parameters: ["buffer", "usize"], result: "usize" },
    getpid: { parameters: [], result: "i32" },
  });
  function state() {
    const cwd = new Uint8Array(4096);
    libc.getcwd(cwd, 4096n);
    const status = text("/proc/self/status").split("\\n").filter((line) =>
      /^(Name|Umask|Pid|PPid|Uid|Gid|Sig...|Shd...|NoNewPrivs):/.test(line)
    );
    // The directory itself is among them, open while it is read.
    const descriptors = readDirectory("/proc/self/fd").map((name) => {
      const fd = Number(new TextDecoder().decode(name));
      return fd + ":" + libc.fcntl(fd, 1 /* F_GETFD */, 0);
    });
    return {
      status,
      descriptors: descriptors.sort(),
      limits: text("/proc/self/limits"),
      cwd: new TextDecoder().decode(cwd),
      environ: environ().map((entry) => new TextDecoder().decode(entry)),
    };
  }
`;

/** Makes the calls a number of times, and counts their failures. */
function loop(times: number): string {
  return `
    for (let i = 0; i < ${times}; i++) {
      ${CALLS.map((call) => `try { ${call} } catch { failed++ }`).join("\n")}
    }
  `;
}

Deno.test("a failed call leaves descriptors, signals, limits and directory as they were", () => {
  const output = outputOf(`
    ${STATE}
    let failed = 0;
    // Once before: what Deno and libc open on first use is not what is meant.
    ${loop(1)}
    state();
    const before = state();
    ${loop(1)}
    console.log(JSON.stringify({ failed, before, after: state() }));
  `);
  const { failed, before, after } = JSON.parse(output);
  assertEquals(failed, 2 * CALLS.length);
  assertEquals(after, before);
  // Deno ignores SIGPIPE, signal 13, and no function but exec() changes that.
  const ignored = before.status.find((line: string) =>
    line.startsWith("SigIgn:")
  );
  assertEquals(BigInt(`0x${ignored.split("\t")[1]}`) >> 12n & 1n, 1n);
  for (const fd of ["0:0", "1:0", "2:0"]) {
    assert(before.descriptors.includes(fd), fd);
  }
});

Deno.test("failed calls give back the memory that they took", () => {
  const output = outputOf(`
    let failed = 0;
    const size = () => {
      const statm = new TextDecoder().decode(readFile("/proc/self/statm"));
      return Number(statm.split(" ")[0]) * 4096;
    };
    ${loop(20)}
    const before = size();
    ${loop(100)}
    console.log(size() - before);
  `);
  // Each took at least 64 KiB: kept, that would be 90 MiB and more.
  assert(Number(output) < 32 * 2 ** 20, output);
});
