import { assertEquals } from "@std/assert";
import { readFile } from "@procctl/libc/files";
import { js, TemporaryFolder } from "@procctl/testing";
import { failures, outputOf, runChild } from "./_testing.ts";

const ENV = { PATH: "/usr/bin:/bin" };
/** Prints which stream is which. */
const TALK = "echo out; echo err >&2";

function text(path: string): string {
  return new TextDecoder().decode(readFile(path));
}

Deno.test("exec() reads from and writes to files, as a shell's <IN >OUT", () => {
  using folder = new TemporaryFolder();
  const input = folder.write("in", "hello\n");
  const output = folder.write("out", "something longer\n");
  const source = js`exec("/bin/cat", {
    stdin: { path: ${input}, access: "read" },
    stdout: { path: ${output}, access: "write", truncate: true },
  })`;
  assertEquals(outputOf(source), "");
  assertEquals(text(output), "hello\n");
});

Deno.test("exec() creates a file only if asked to, with the mode given", () => {
  using folder = new TemporaryFolder();
  const path = folder.join("out");
  const stdout = { path, access: "write", create: true, mode: 0o640 };
  const source = js`exec("/bin/sh", {
    args: ["-c", ${`stat -c %a ${path} >&2`}], umask: 0, stdout: ${stdout},
  })`;
  assertEquals(runChild(source, { env: ENV }).stderr, "640\n");
});

Deno.test("exec() appends to a file, also for a stream shared with another", () => {
  using folder = new TemporaryFolder();
  const path = folder.write("log", "before\n");
  const source = js`exec("/bin/sh", {
    args: ["-c", ${TALK}],
    stdout: { path: ${path}, access: "append" },
    stderr: { path: ${path}, access: "append" },
  })`;
  outputOf(source);
  assertEquals(text(path), "before\nout\nerr\n");
});

Deno.test("exec() opens files relative to the caller's directory, not the new one", () => {
  using folder = new TemporaryFolder();
  folder.write("out", "");
  const source = js`exec("/bin/pwd", {
    cwd: "/usr", stdout: { path: "out", access: "write" },
  })`;
  outputOf(source, { cwd: folder.path });
  assertEquals(text(folder.join("out")), "/usr\n");
});

Deno.test("exec() swaps standard output and standard error", () => {
  const source = js`exec("/bin/sh", {
    args: ["-c", ${TALK}], stdout: 2, stderr: 1,
  })`;
  const { stdout, stderr } = runChild(source);
  assertEquals([stdout, stderr], ["err\n", "out\n"]);
});

Deno.test("exec() rotates all three streams", () => {
  // 0 <- 1 <- 2 <- 0, all of them files open for both.
  using folder = new TemporaryFolder();
  const [a, b, c] = ["a", "b", "c"].map((name) => folder.write(name, ""));
  const source = js`
    const libc = lazySymbols({
      dup2: { parameters: ["i32", "i32"], result: "i32" },
    });
    [${a}, ${b}, ${c}].forEach((path, target) => {
      libc.dup2(openFile(path, O_RDWR | O_APPEND), target);
    });
    exec("/bin/sh", {
      args: ["-c", "echo zero >&0; echo one >&1; echo two >&2"],
      stdin: 1, stdout: 2, stderr: 0,
    });
  `;
  runChild(source);
  assertEquals([a, b, c].map((path) => text(path!)), [
    "two\n",
    "zero\n",
    "one\n",
  ]);
});

Deno.test('exec() gives a stream of "null" the null device', () => {
  const source = js`exec("/bin/sh", {
    args: ["-c", ${`cat; ${TALK}`}], stdin: "null", stdout: "null",
  })`;
  const { stdout, stderr } = runChild(source, { stdin: "input", env: ENV });
  assertEquals([stdout, stderr], ["", "err\n"]);
});

Deno.test("exec() redirects a stream that is closed, and one to itself", () => {
  using folder = new TemporaryFolder();
  const path = folder.write("in", "hello\n");
  const source = js`
    const libc = lazySymbols({
      close: { parameters: ["i32"], result: "i32" },
    });
    libc.close(0);
    exec("/bin/cat", { stdin: { path: ${path}, access: "read" }, stdout: 1 });
  `;
  assertEquals(outputOf(source), "hello\n");
});

Deno.test("exec() leaves a closed stream closed, though a file took its number", () => {
  using folder = new TemporaryFolder();
  const path = folder.write("out", "");
  const closeInput = js`
    const libc = lazySymbols({
      close: { parameters: ["i32"], result: "i32" },
    });
    libc.close(0);
  `;
  const stdout = { path, access: "write" };
  const inherited = js`exec("/bin/ls", {
    args: ["/proc/self/fd"], stdout: ${stdout}, closeFrom: 3,
  })`;
  outputOf(inherited, { setup: closeInput });
  // 0 is the one that ls reads the folder by: it was free.
  assertEquals(text(path), "0\n1\n2\n");
  const named = js`exec("/bin/true", { stdout: ${stdout}, stderr: 0 })`;
  const [failure] = failures([named], { setup: closeInput });
  assertEquals(failure?.code, "EBADF");
});

Deno.test("exec() keeps an inherited stream open, even if it was to close on exec", () => {
  const source = js`
    const libc = lazySymbols({
      fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
    });
    libc.fcntl(1, 2, 1); // F_SETFD, FD_CLOEXEC
    libc.fcntl(2, 2, 1);
    exec("/bin/sh", { args: ["-c", ${TALK}], stderr: 2 });
  `;
  const { stdout, stderr } = runChild(source);
  assertEquals([stdout, stderr], ["out\n", "err\n"]);
});

Deno.test("exec() leaves no descriptor of its own open", () => {
  const source = js`exec("/bin/ls", {
    args: ["/proc/self/fd"],
    stdin: "null",
    stderr: { path: "/dev/null", access: "write" },
    cwd: "/",
    closeFrom: 3,
  })`;
  // The fourth is the one that ls itself reads the folder by.
  assertEquals(outputOf(source), "0\n1\n2\n3\n");
});

Deno.test("exec() with closeFrom closes what would stay open", () => {
  const open = js`
    const libc = lazySymbols({
      dup2: { parameters: ["i32", "i32"], result: "i32" },
    });
    for (const fd of [5, 9, 200]) libc.dup2(1, fd);
  `;
  const list = (options: string) =>
    outputOf(`${open} exec("/bin/ls", { args: ["/proc/self/fd"], ${options} })`)
      .trim().split("\n").map(Number);
  const all = list("");
  assertEquals([5, 9, 200].every((fd) => all.includes(fd)), true);
  const some = list("closeFrom: 9");
  assertEquals([some.includes(5), some.some((fd) => fd >= 9)], [true, false]);
});
