import { assertEquals } from "@std/assert";
import { argvDumper, js, TemporaryFolder } from "@procctl/testing";
import {
  assertFailures,
  DESCRIPTORS,
  dumpOf,
  failures,
  outputOf,
  writeDumper,
} from "./_testing.ts";
import { tellingScript } from "./_testing_search.ts";

const setup = DESCRIPTORS;

for (const flags of ["O_RDONLY", "O_PATH"]) {
  Deno.test(`fexecve() runs the file that a descriptor was opened on with ${flags}`, () => {
    using folder = new TemporaryFolder();
    const dumper = writeDumper(folder);
    const { argv, env } = dumpOf(
      js`const fd = openFile(${dumper}, ` +
        `${flags}); fexecve(fd, ["x", "canary"], { V: "test" });`,
    );
    assertEquals({ argv, env }, { argv: ["x", "canary"], env: ["V=test"] });
  });
}

Deno.test("fexecve() runs a file that was removed, and one in memory", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  const removed = dumpOf(
    js`
      const fd = openFile(${dumper}, O_PATH);
      libc.unlink(c(${dumper}));
      fexecve(fd, ["x"], {});
    `,
    { setup },
  );
  assertEquals(removed.argv, ["x"]);
  const inMemory = dumpOf(
    js`fexecve(openMemory(${argvDumper()}), ["x"], ["A=1"])`,
    { setup },
  );
  assertEquals([inMemory.argv, inMemory.env], [["x"], ["A=1"]]);
});

Deno.test("fexecve() runs a script if its descriptor stays open on exec", () => {
  using folder = new TemporaryFolder();
  const script = folder.write("script", tellingScript("ran"), 0o755);
  const output = outputOf(
    js`
      const fd = inheritable(openFile(${script}, O_RDONLY));
      console.log(fd);
      fexecve(fd, ["x", "a b"], {});
    `,
    { setup },
  );
  const [fd] = output.split("\n");
  assertEquals(output, `${fd}\nran: /dev/fd/${fd} a b\n`);
  assertFailures({
    [js`fexecve(openFile(${script}, O_RDONLY), ["x"], {})`]: "ENOENT",
  });
});

Deno.test("fexecve() tells a negative descriptor from one that is not open, as execveat() does not", () => {
  const found = assertFailures({
    'fexecve(-1, ["x"], {})': "EINVAL",
    "fexecve(-(2 ** 31), ['x'], {})": "EINVAL",
    'fexecve(99, ["x"], {})': "EBADF",
    'fexecve(2 ** 31 - 1, ["x"], {})': "EBADF",
    'execveat(-1, "", ["x"], {}, AT_EMPTY_PATH)': "EBADF",
  });
  const [failure] = found;
  assertEquals(
    [failure?.message, failure?.syscall, failure?.path],
    [
      "Cannot execute descriptor -1: Invalid argument: EINVAL",
      "execveat",
      undefined,
    ],
  );
});

Deno.test("fexecve() fails with EACCES or ENOEXEC for what cannot be executed", () => {
  using folder = new TemporaryFolder();
  const plain = folder.write("plain", "", 0o644);
  const unknown = folder.write("unknown", "no format", 0o755);
  assertFailures({
    [js`fexecve(openFile(${plain}, O_RDONLY), ["x"], {})`]: "EACCES",
    [js`fexecve(openFile(${folder.path}, O_RDONLY), ["x"], {})`]: "EACCES",
    'fexecve(openFile("/dev/null", O_RDONLY), ["x"], {})': "EACCES",
    'fexecve(libc.socket(1, 1, 0), ["x"], {})': "EACCES",
    [js`fexecve(openFile(${unknown}, O_RDONLY), ["x"], {})`]: "ENOEXEC",
  }, { setup });
});

Deno.test("fexecve() refuses a descriptor that C's int cannot hold", () => {
  const descriptors = ["2 ** 31", "-(2 ** 31) - 1", "1.5", "NaN", '"0"'];
  const found = failures(
    descriptors.map((fd) => `fexecve(${fd}, ["true"], {})`),
    { flags: ["--no-prompt"] },
  );
  assertEquals(
    found.map(({ type, message }) => `${type}: ${message}`),
    ["2147483648", "-2147483649", "1.5", "NaN", "0"].map((fd) =>
      `RangeError: Cannot pass fd to the kernel: ${fd} is not a 32-bit integer`
    ),
  );
});
