import { assertEquals } from "@std/assert";
import {
  denoArgv,
  inMounts,
  js,
  kernel,
  mounts,
  root,
  run,
  TemporaryFolder,
  testWith,
} from "@procctl/testing";
import {
  assertFailures,
  failures,
  FILTER,
  outputOf,
  writeDumper,
} from "./_testing.ts";

const checks = kernel(6, 14);

testWith(
  "execveatCheck() returns for what may be executed, and executes nothing",
  [checks],
  () => {
    using folder = new TemporaryFolder();
    const dumper = writeDumper(folder);
    folder.symlink("dumper", "link");
    // It does not look into the file.
    const paths = [
      dumper,
      folder.join("link"),
      folder.write("empty", "", 0o755),
      folder.write("text", "no format", 0o755),
      folder.write("script", "#!/no/such/interpreter\n", 0o755),
    ];
    const output = outputOf(js`
      for (const path of ${paths}) console.log(execveatCheck(AT_FDCWD, path));
      const folder = openFile(${folder.path}, O_PATH);
      console.log(execveatCheck(folder, "dumper"));
      console.log(execveatCheck(-1, ${dumper}));
      console.log(execveatCheck(openFile(${dumper}, O_PATH), "", AT_EMPTY_PATH));
      console.log(execveatCheck(AT_FDCWD, ${dumper}, AT_SYMLINK_NOFOLLOW));
      console.log(execveatCheck(AT_FDCWD, ${dumper}, AT_EXECVE_CHECK));
    `);
    assertEquals(output, "undefined\n".repeat(10));
  },
);

testWith(
  "execveatCheck() fails with EACCES for what may not be executed",
  [checks],
  () => {
    using folder = new TemporaryFolder();
    const paths = [
      folder.write("plain", "", 0o644),
      folder.path,
      folder.mkfifo("fifo", 0o777),
      "/dev/null",
    ];
    const found = assertFailures(
      Object.fromEntries(
        paths.map((path) => [js`execveatCheck(AT_FDCWD, ${path})`, "EACCES"]),
      ),
    );
    assertEquals(
      found.map(({ syscall, path }) => ({ syscall, path })),
      paths.map((path) => ({ syscall: "execveat", path })),
    );
    assertEquals(
      found.at(-1)?.message,
      'Cannot execute "/dev/null": Permission denied: EACCES',
    );
  },
);

testWith(
  "execveatCheck() fails as execveat() does for what is not there",
  [checks],
  () => {
    using folder = new TemporaryFolder();
    const dumper = writeDumper(folder);
    const link = folder.symlink("dumper", "link");
    assertFailures({
      [js`execveatCheck(AT_FDCWD, ${folder.join("missing")})`]: "ENOENT",
      'execveatCheck(AT_FDCWD, "")': "ENOENT",
      [js`execveatCheck(AT_FDCWD, ${dumper} + "/x")`]: "ENOTDIR",
      [js`execveatCheck(AT_FDCWD, ${link}, AT_SYMLINK_NOFOLLOW)`]: "ELOOP",
      'execveatCheck(99, "", AT_EMPTY_PATH)': "EBADF",
      'execveatCheck(99, "relative")': "EBADF",
    });
  },
);

testWith(
  "execveatCheck() does not blame the kernel's age for flags that no kernel knows",
  [checks],
  () => {
    const [failure] = assertFailures({
      'execveatCheck(AT_FDCWD, "/bin/true", 1)': "EINVAL",
    });
    assertEquals(
      failure?.message,
      'Cannot execute "/bin/true": Invalid argument: EINVAL',
    );
  },
);

testWith(
  "execveatCheck() fails with EACCES for another user's file of mode 0700",
  [checks, root],
  () => {
    using folder = new TemporaryFolder();
    folder.chmod(".", 0o755);
    const theirs = folder.write("theirs", "", 0o700);
    const ours = folder.write("ours", "", 0o755);
    const found = failures([
      js`execveatCheck(AT_FDCWD, ${theirs})`,
      js`execveatCheck(AT_FDCWD, ${ours})`,
    ], {
      setup: `
        import { becomeUser } from "@procctl/testing";
        becomeUser();
      `,
    });
    assertEquals(found.map(({ code, type }) => code ?? type), [
      "EACCES",
      "none",
    ]);
  },
);

testWith(
  "execveatCheck() fails with EACCES on a file system that is mounted noexec",
  [checks, mounts],
  () => {
    using folder = new TemporaryFolder();
    const mounted = folder.mkdir("mounted");
    const dumper = writeDumper(folder);
    const program = folder.write(
      "program.mjs",
      js`
        import { AT_FDCWD, execveatCheck } from "@procctl/exec";
        try {
          execveatCheck(AT_FDCWD, ${mounted} + "/dumper");
        } catch (error) {
          console.log(error.code);
        }
      `,
    );
    const mount = `mount -t tmpfs -o noexec none ${mounted} && ` +
      `cp ${dumper} ${mounted}`;
    const { stdout, stderr } = run(inMounts(mount, denoArgv(program)));
    assertEquals({ stdout, stderr }, { stdout: "EACCES\n", stderr: "" });
  },
);

Deno.test("execveatCheck() says that a kernel is too old, where a filter answers as such a one does", () => {
  const found = assertFailures({
    'execveatCheck(AT_FDCWD, "/bin/true")': "EINVAL",
    'execveatCheck(99, "relative")': "EINVAL",
  }, { setup: `${FILTER} answer(EXECVEAT, 22 /* EINVAL */);` });
  assertEquals(
    found[0]?.message,
    'Cannot execute "/bin/true": this kernel does not support ' +
      "AT_EXECVE_CHECK, which came with Linux 6.14: EINVAL",
  );
});

Deno.test("execveatCheck() refuses bad input before any system call", () => {
  const found = failures([
    'execveatCheck(AT_FDCWD, "a\\0b")',
    "execveatCheck(AT_FDCWD, 1)",
    'execveatCheck(1.5, "/bin/true")',
    'execveatCheck(2 ** 31, "/bin/true")',
    'execveatCheck(AT_FDCWD, "/bin/true", NaN)',
    'execveatCheck(AT_FDCWD, "/bin/true")',
  ], { flags: ["--no-prompt"] });
  assertEquals(
    found.map(({ type, message }) => `${type}: ${message.split(":")[0]}`),
    [
      "TypeError: Cannot pass path to the kernel",
      "TypeError: Cannot pass path to the kernel",
      "RangeError: Cannot pass dirfd to the kernel",
      "RangeError: Cannot pass dirfd to the kernel",
      "RangeError: Cannot pass flags to the kernel",
      // What is good gets as far as libc, for which there is no permission.
      "NotCapable: Cannot open libc",
    ],
  );
});
