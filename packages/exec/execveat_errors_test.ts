import { assertEquals } from "@std/assert";
import {
  denoArgv,
  inMounts,
  js,
  mounts,
  type Need,
  parseTextDump,
  run,
  TemporaryFolder,
  testWith,
} from "@procctl/testing";
import {
  assertFailures,
  DESCRIPTORS,
  dumpOf,
  failures,
  runChild,
  writeDumper,
} from "./_testing.ts";
import { tellingScript } from "./_testing_search.ts";

const setup = DESCRIPTORS;

Deno.test("execveat() fails with ENOENT for a missing file, and an empty path without AT_EMPTY_PATH", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  const found = assertFailures({
    'execveat(AT_FDCWD, "", ["x"], {})': "ENOENT",
    [js`execveat(openFile(${dumper}, O_PATH), "", ["x"], {})`]: "ENOENT",
    [js`execveat(openFile(${folder.path}, O_PATH), "missing", ["x"], {})`]:
      "ENOENT",
    'execveat(AT_FDCWD, "/no/such file", ["x"], {})': "ENOENT",
  });
  assertEquals(
    found.map(({ syscall, path }) => ({ syscall, path })),
    ["", "", "missing", "/no/such file"].map((path) => ({
      syscall: "execveat",
      path,
    })),
  );
});

Deno.test("execveat() fails with ENOENT for a script through a descriptor that closes on exec", () => {
  using folder = new TemporaryFolder();
  const script = folder.write("script", tellingScript("ran"), 0o755);
  assertFailures({
    [js`execveat(openFile(${script}, O_RDONLY), "", ["x"], {}, AT_EMPTY_PATH)`]:
      "ENOENT",
    [js`execveat(openFile(${folder.path}, O_PATH), "script", ["x"], {})`]:
      "ENOENT",
  });
});

Deno.test("execveat() fails with ENOENT for a script in a directory that was removed", () => {
  using folder = new TemporaryFolder();
  folder.mkdir("below");
  const script = folder.write("below/script", tellingScript("ran"), 0o755);
  assertFailures({
    'execveat(fd, "script", ["x"], {})': "ENOENT",
  }, {
    setup: setup + js`
      const fd = inheritable(openFile(${folder.join("below")}, O_PATH));
      libc.unlink(c(${script}));
      libc.rmdir(c(${folder.join("below")}));
    `,
  });
});

Deno.test("execveat() with AT_SYMLINK_NOFOLLOW fails with ELOOP for a symbolic link", () => {
  using folder = new TemporaryFolder();
  writeDumper(folder);
  const link = folder.symlink("dumper", "link");
  assertFailures({
    [js`execveat(AT_FDCWD, ${link}, ["x"], {}, AT_SYMLINK_NOFOLLOW)`]: "ELOOP",
    [js`execveat(openFile(${folder.path}, O_PATH), "link", ["x"], {}, AT_SYMLINK_NOFOLLOW)`]:
      "ELOOP",
    // The descriptor is on the link itself.
    [js`execveat(openFile(${link}, O_PATH | O_NOFOLLOW), "", ["x"], {}, AT_EMPTY_PATH)`]:
      "ELOOP",
  });
  const file = js`execveat(AT_FDCWD, ${folder.join("dumper")}, ["x"], {}, `;
  assertEquals(dumpOf(`${file} AT_SYMLINK_NOFOLLOW)`).argv, ["x"]);
});

Deno.test("execveat() fails with EACCES for descriptors of what cannot be executed", () => {
  using folder = new TemporaryFolder();
  const plain = folder.write("plain", "", 0o644);
  const fifo = folder.mkfifo("fifo", 0o777);
  const sources = [
    js`openFile(${plain}, O_RDONLY)`,
    js`openFile(${folder.path}, O_RDONLY)`,
    js`openFile(${folder.path}, O_PATH)`,
    js`openFile(${fifo}, O_PATH)`,
    'openFile("/dev/null", O_RDONLY)',
    "libc.socket(1, 1, 0)",
    "AT_FDCWD",
  ];
  assertFailures(
    Object.fromEntries(sources.map((fd) => [
      `execveat(${fd}, "", ["x"], {}, AT_EMPTY_PATH)`,
      "EACCES",
    ])),
    { setup },
  );
});

Deno.test("execveat() fails with EBADF for a descriptor that is not open", () => {
  assertFailures({
    'execveat(99, "", ["x"], {}, AT_EMPTY_PATH)': "EBADF",
    'execveat(-1, "", ["x"], {}, AT_EMPTY_PATH)': "EBADF",
    'execveat(99, "relative", ["x"], {})': "EBADF",
    'execveat(-1, "relative", ["x"], {})': "EBADF",
  });
});

Deno.test("execveat() fails with ENOTDIR for a path from a file", () => {
  using folder = new TemporaryFolder();
  const file = writeDumper(folder);
  assertFailures({
    [js`execveat(openFile(${file}, O_PATH), "x", ["x"], {})`]: "ENOTDIR",
  });
});

Deno.test("execveat() fails with EINVAL for flags that the kernel does not know", () => {
  assertFailures({
    'execveat(AT_FDCWD, "/bin/true", ["true"], {}, 0xffff)': "EINVAL",
    'execveat(AT_FDCWD, "/bin/true", ["true"], {}, 1)': "EINVAL",
    'execveat(AT_FDCWD, "/bin/true", ["true"], {}, -(2 ** 31))': "EINVAL",
  });
});

Deno.test("the kernel fails with EFAULT for a null path, which execveat() never passes", () => {
  assertFailures({ "call(0n)": "EFAULT", "call(1n)": "EFAULT" }, {
    setup: `
      const { execveat: raw } = lazySymbols({
        execveat: {
          parameters: ["i32", "usize", "usize", "usize", "i32"],
          result: "i32",
        },
      });
      function call(path) {
        using arena = new Arena();
        const vector = arena.cStringVector([]);
        const errno = -orErrno(raw(AT_FDCWD, path, vector, vector, 0));
        throw new SystemError("Cannot execute", { errno, syscall: "execveat" });
      }
    `,
  });
});

Deno.test("execveat() names the file and the descriptor in its error", () => {
  const found = failures([
    'execveat(99, "a b", ["x"], {})',
    'execveat(99, "/a b", ["x"], {})',
    'execveat(AT_FDCWD, "a b", ["x"], {})',
  ]);
  assertEquals(found.map(({ message }) => message), [
    'Cannot execute "a b" at descriptor 99: Bad file descriptor: EBADF',
    'Cannot execute "/a b": No such file or directory: ENOENT',
    'Cannot execute "a b": No such file or directory: ENOENT',
  ]);
});

Deno.test("execveat() refuses AT_EXECVE_CHECK, and names what takes it", () => {
  const found = failures([
    'execveat(AT_FDCWD, "/bin/true", ["true"], {}, AT_EXECVE_CHECK)',
    'execveat(AT_FDCWD, "/bin/true", ["true"], {}, AT_EXECVE_CHECK | AT_EMPTY_PATH)',
  ], { flags: ["--no-prompt"] });
  const message =
    "Cannot pass flags to execveat: AT_EXECVE_CHECK executes nothing, call execveatCheck instead";
  assertEquals(
    found.map(({ type, message }) => ({ type, message })),
    [{ type: "TypeError", message }, { type: "TypeError", message }],
  );
});

const PATH_MAX = 4096;

Deno.test("execveat() runs a program, but no script, by the longest path", () => {
  using folder = new TemporaryFolder();
  writeDumper(folder);
  folder.write("script", tellingScript("ran"), 0o755);
  const pathOf = (name: string) => {
    const folderPath = folder.path.slice(1);
    const pad = PATH_MAX - 1 - folderPath.length - name.length;
    return folderPath + "/".repeat(pad) + name;
  };
  const call = (name: string) =>
    js`
    const root = inheritable(openFile("/", O_PATH));
    execveat(root, ${pathOf(name)}, ["x"], {});
  `;
  assertEquals(dumpOf(call("dumper"), { setup }).argv, ["x"]);
  // The shell, not the kernel, fails: it cannot open /dev/fd/N/ and the path.
  const { code, stdout, stderr } = runChild(call("script"), { setup });
  assertEquals(stdout, "");
  assertEquals([code > 0, stderr.includes("/dev/fd/")], [true, true], stderr);
});

/** The test mounts an overlay, which not every container allows. */
const overlays: Need = () => {
  if (mounts() !== undefined) return mounts();
  const { code } = run(inMounts(overlay("/mnt"), ["true"]));
  return code === 0 ? undefined : "needs to mount an overlay";
};

function overlay(at: string): string {
  return `mount -t tmpfs none ${at} && cd ${at} && ` +
    "mkdir lower upper work merged && " +
    "mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work none merged";
}

testWith(
  "execveat() runs a file of an overlay by its O_PATH descriptor, after it is removed",
  [overlays],
  () => {
    using folder = new TemporaryFolder();
    const mounted = folder.mkdir("mounted");
    const dumper = writeDumper(folder);
    const program = folder.write(
      "program.mjs",
      js`
        import { AT_EMPTY_PATH, execveat } from "@procctl/exec";
        import { lazySymbols, O_PATH, openFile, terminate } from "@procctl/libc";
        const path = ${mounted} + "/merged/dumper";
        const fd = openFile(path, O_PATH);
        lazySymbols({ unlink: { parameters: ["buffer"], result: "i32" } })
          .unlink(terminate(new TextEncoder().encode(path)));
        execveat(fd, "", ["x"], {}, AT_EMPTY_PATH);
      `,
    );
    const mount = `${overlay(mounted)} && cp ${dumper} merged/dumper`;
    const { stderr, stdoutBytes } = run(inMounts(mount, denoArgv(program)));
    assertEquals(stderr, "");
    assertEquals(parseTextDump(stdoutBytes).argv, ["x"]);
  },
);

for (const fd of ["2 ** 31", "-(2 ** 31) - 1", "1.5", "NaN", "Infinity"]) {
  Deno.test(`execveat() refuses ${fd} as the descriptor or the flags`, () => {
    const found = failures([
      `execveat(${fd}, "/bin/true", ["true"], {})`,
      `execveat(AT_FDCWD, "/bin/true", ["true"], {}, ${fd})`,
    ], { flags: ["--no-prompt"] });
    assertEquals(
      found.map(({ type, message }) => `${type}: ${message.split(":")[0]}`),
      [
        "RangeError: Cannot pass dirfd to the kernel",
        "RangeError: Cannot pass flags to the kernel",
      ],
    );
  });
}
