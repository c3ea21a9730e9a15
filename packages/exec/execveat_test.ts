import { assertEquals } from "@std/assert";
import { argvDumper, js, TemporaryFolder } from "@procctl/testing";
import { DESCRIPTORS, dumpOf, outputOf, writeDumper } from "./_testing.ts";
import { tellingScript } from "./_testing_search.ts";

const setup = DESCRIPTORS;

Deno.test("execveat() hands on the arguments and exactly the environment given", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  assertEquals(
    dumpOf(
      js`execveat(AT_FDCWD, ${dumper}, ["x", "canary"], { V: "test" })`,
    ),
    { argv: ["x", "canary"], env: ["V=test"], path: dumper },
  );
});

for (const flags of ["O_RDONLY", "O_PATH", "O_RDONLY | O_DIRECTORY"]) {
  Deno.test(`execveat() finds a path from a directory opened with ${flags}`, () => {
    using folder = new TemporaryFolder();
    folder.mkdir("below");
    writeDumper(folder, "below/dumper");
    const open = js`openFile(${folder.path}, ` + `${flags})`;
    assertEquals(dumpOf(`execveat(${open}, "below/dumper", ["x"], {})`).argv, [
      "x",
    ]);
  });
}

Deno.test("execveat() finds a path from the working directory with AT_FDCWD", () => {
  using folder = new TemporaryFolder();
  writeDumper(folder);
  const { path } = dumpOf(`execveat(AT_FDCWD, "dumper", ["x"], {})`, {
    cwd: folder.path,
  });
  assertEquals(path, "dumper");
});

Deno.test("execveat() ignores the descriptor where the path is absolute", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  for (const fd of [-1, 99, 2 ** 31 - 1, -(2 ** 31)]) {
    const { path } = dumpOf(js`execveat(${fd}, ${dumper}, ["x"], {})`);
    assertEquals(path, dumper);
  }
});

Deno.test("execveat() follows a symbolic link", () => {
  using folder = new TemporaryFolder();
  writeDumper(folder);
  folder.symlink("dumper", "link");
  const { argv } = dumpOf(
    js`execveat(openFile(${folder.path}, O_PATH), "link", ["x"], {})`,
  );
  assertEquals(argv, ["x"]);
});

for (const flags of ["O_RDONLY", "O_PATH"]) {
  Deno.test(`execveat() with AT_EMPTY_PATH runs a descriptor opened with ${flags}`, () => {
    using folder = new TemporaryFolder();
    const dumper = writeDumper(folder);
    const { argv, env, path } = dumpOf(
      js`const fd = openFile(${dumper}, ` + `${flags});
        execveat(fd, "", ["x"], { FD: String(fd) }, AT_EMPTY_PATH);`,
    );
    assertEquals(argv, ["x"]);
    assertEquals(path, env[0]?.replace("FD=", "/dev/fd/"));
  });
}

Deno.test("execveat() runs a descriptor that stays open on exec, or was read to its end", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  const { argv } = dumpOf(
    js`
      const fd = inheritable(openFile(${dumper}, O_RDONLY));
      libc.lseek(fd, 0n, 2);
      execveat(fd, "", ["x"], {}, AT_EMPTY_PATH);
    `,
    { setup },
  );
  assertEquals(argv, ["x"]);
});

Deno.test("execveat() runs a file in memory", () => {
  const { argv } = dumpOf(
    js`execveat(openMemory(${argvDumper()}), "", ["x"], {}, AT_EMPTY_PATH)`,
    { setup },
  );
  assertEquals(argv, ["x"]);
});

Deno.test("execveat() runs the file that a descriptor is open on, renamed or removed", () => {
  using folder = new TemporaryFolder();
  for (
    const change of [
      "libc.rename(c(path), c(path + '-2'))",
      "libc.unlink(c(path))",
    ]
  ) {
    const dumper = writeDumper(folder);
    const { argv } = dumpOf(
      js`
        const path = ${dumper};
        const fd = openFile(path, O_PATH);
      ` + `${change};
        execveat(fd, "", ["x"], {}, AT_EMPTY_PATH);`,
      { setup },
    );
    assertEquals(argv, ["x"]);
  }
});

Deno.test("execveat() with AT_SYMLINK_NOFOLLOW runs what a link led to when it was opened", () => {
  using folder = new TemporaryFolder();
  writeDumper(folder);
  const link = folder.symlink("dumper", "link");
  const { argv } = dumpOf(js`
    const flags = AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW;
    execveat(openFile(${link}, O_PATH), "", ["x"], {}, flags);
  `);
  assertEquals(argv, ["x"]);
});

Deno.test("execveat() runs a script through a descriptor that stays open on exec", () => {
  using folder = new TemporaryFolder();
  const script = folder.write("script", tellingScript("ran"), 0o755);
  const output = outputOf(
    js`
      const fd = inheritable(openFile(${script}, O_RDONLY));
      console.log(fd);
      libc.unlink(c(${script}));
      execveat(fd, "", ["x", "a b"], {}, AT_EMPTY_PATH);
    `,
    { setup },
  );
  const [fd] = output.split("\n");
  assertEquals(output, `${fd}\nran: /dev/fd/${fd} a b\n`);
});

Deno.test("execveat() runs a script below a directory that stays open on exec", () => {
  using folder = new TemporaryFolder();
  folder.write("script", tellingScript("ran"), 0o755);
  const output = outputOf(
    js`
      const fd = inheritable(openFile(${folder.path}, O_PATH));
      console.log(fd);
      execveat(fd, "script", ["x"], {});
    `,
    { setup },
  );
  const [fd] = output.split("\n");
  assertEquals(output, `${fd}\nran: /dev/fd/${fd}/script\n`);
});
