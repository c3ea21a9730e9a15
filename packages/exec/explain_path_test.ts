// What explain() says of a path, by making each situation and asking the kernel.

import { assertEquals } from "@std/assert";
import { closeFile, O_WRONLY, openFile } from "@procctl/libc";
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
import { outputOf, writeDumper } from "./_testing.ts";
import { assertExplained, TOLD, type Told } from "./_testing_explain.ts";
import { explain } from "./explain.ts";

const faultsOf = (explanations: Told[]) =>
  explanations.map(({ fault }) => fault);

Deno.test("explain() names the part of a path that is missing", () => {
  using folder = new TemporaryFolder();
  const link = folder.symlink("nowhere", "dangling");
  const [missing, inside] = [folder.join("gone"), folder.join("gone/deep/x")];
  const explanations = assertExplained({
    [missing]: ["ENOENT", "It does not exist"],
    [inside]: ["ENOENT", `"${missing}" does not exist`],
    [link]: [
      "ENOENT",
      'It is a symbolic link to "nowhere", which does not exist',
    ],
    [`${link}/x`]: [
      "ENOENT",
      `"${link}" is a symbolic link to "nowhere", which does not exist`,
    ],
  });
  assertEquals(faultsOf(explanations), [
    { kind: "missing", path: missing },
    { kind: "missing", path: missing },
    { kind: "dangling-link", path: link },
    { kind: "dangling-link", path: link },
  ]);
});

Deno.test("explain() names a file that a path goes on behind", () => {
  using folder = new TemporaryFolder();
  const file = folder.write("file", "", 0o755);
  const link = folder.symlink("file/x", "link");
  const explanations = assertExplained({
    [`${file}/x/y`]: ["ENOTDIR", `"${file}" is not a directory`],
    [`${file}/`]: ["ENOTDIR", `"${file}" is not a directory`],
    [link]: ["ENOTDIR", 'It is a symbolic link to "file/x", behind a file'],
  });
  assertEquals(faultsOf(explanations).map((fault) => fault?.kind), [
    "not-a-directory",
    "not-a-directory",
    "not-a-directory",
  ]);
});

Deno.test("explain() names a symbolic link that leads to itself", () => {
  using folder = new TemporaryFolder();
  const loop = folder.symlink("loop", "loop");
  const explanations = assertExplained({
    [loop]: [
      "ELOOP",
      'It is a symbolic link to "loop", and these lead to no end',
    ],
    [`${loop}/x`]: [
      "ELOOP",
      `"${loop}" is a symbolic link to "loop", and these lead to no end`,
    ],
  });
  assertEquals(faultsOf(explanations)[0], { kind: "link-loop", path: loop });
});

Deno.test("explain() says what is too long", () => {
  using folder = new TemporaryFolder();
  const name = folder.join("n".repeat(256));
  const path = folder.path.padEnd(4096, "/");
  const explanations = assertExplained({
    [name]: ["ENAMETOOLONG", "It ends in a name of 256 bytes, more than 255"],
    [`${name}/x`]: [
      "ENAMETOOLONG",
      `"${name}" ends in a name of 256 bytes, more than 255`,
    ],
    [path]: ["ENAMETOOLONG", "The path has 4096 bytes, more than 4095"],
  });
  assertEquals(faultsOf(explanations)[1], { kind: "too-long", path: name });
});

Deno.test("explain() tells what is no regular file, and what has no execute permission", () => {
  using folder = new TemporaryFolder();
  const plain = folder.write("plain", "#!/bin/sh\n", 0o644);
  const directory = folder.mkdir("directory");
  const fifo = folder.mkfifo("fifo", 0o777);
  const explanations = assertExplained({
    [plain]: ["EACCES", "It has no execute permission"],
    [directory]: ["EACCES", "It is a directory"],
    [`${directory}/`]: ["EACCES", "It is a directory"],
    [fifo]: ["EACCES", "It is a FIFO"],
    "/dev/null": ["EACCES", "It is a character device"],
    "/": ["EACCES", "It is a directory"],
  });
  const [first, ...others] = faultsOf(explanations);
  assertEquals(first, { kind: "no-execute", path: plain, mode: 0o644 });
  assertEquals(others.map((fault) => fault?.kind), [
    "not-regular",
    "not-regular",
    "not-regular",
    "not-regular",
    "not-regular",
  ]);
});

testWith(
  "explain() tells which permission another user lacks",
  [root],
  () => {
    using folder = new TemporaryFolder();
    folder.chmod(".", 0o755);
    const theirs = folder.write("theirs", "#!/bin/sh\n", 0o700);
    const shut = folder.mkdir("shut", 0o700);
    const link = folder.symlink("shut/x", "link");
    const script = folder.write("script", `#!${shut}/sh -e\n`, 0o755);
    const explanations = assertExplained({
      [theirs]: ["EACCES", "It has no execute permission for this user"],
      [`${shut}/x/y`]: [
        "EACCES",
        `"${shut}" is a directory that may not be searched`,
      ],
      [link]: [
        "EACCES",
        'It is a symbolic link to "shut/x", which may not be reached',
      ],
      [script]: [
        "EACCES",
        `The interpreter "${shut}/sh" of "${script}": "${shut}" is a directory that may not be searched`,
      ],
    }, {
      setup: `
        import { becomeUser } from "@procctl/testing";
        becomeUser();
      `,
    });
    assertEquals(faultsOf(explanations), [
      { kind: "no-execute", path: theirs, mode: 0o700 },
      { kind: "no-search", path: shut, mode: 0o700 },
      { kind: "no-search", path: link },
      { kind: "no-search", path: shut, mode: 0o700 },
    ]);
  },
);

testWith(
  "explain() does not claim to know a script that may be executed but not read",
  [root],
  () => {
    using folder = new TemporaryFolder();
    folder.chmod(".", 0o755);
    const secret = folder.write("secret", "#!/bin/sh\n", 0o711);
    const output = outputOf(
      js`
        import { becomeUser } from "@procctl/testing";
        becomeUser();
        console.log(JSON.stringify(told(${secret})));
      `,
      { setup: TOLD },
    );
    const { kind, at, summary }: Told = JSON.parse(output);
    assertEquals([kind, at], ["unknown", secret]);
    assertEquals(
      summary,
      "It may be executed but not be read, so its format is not known",
    );
  },
);

testWith(
  "explain() knows a file system that is mounted noexec",
  [mounts],
  () => {
    using folder = new TemporaryFolder();
    const mounted = folder.mkdir("mounted");
    const dumper = writeDumper(folder);
    const script = folder.write("script", `#!${mounted}/dumper\n`, 0o755);
    const program = folder.write(
      "program.mjs",
      js`
        import { execve, explain } from "@procctl/exec";
        for (const path of [${mounted} + "/dumper", ${script}]) {
          const { code, summary } = explain(path);
          try {
            execve(path, ["x"], {});
          } catch (error) {
            console.log(error.code === code, summary);
          }
        }
      `,
    );
    const mount = `mount -t tmpfs -o noexec none ${mounted} && ` +
      `cp ${dumper} ${mounted}`;
    const { stdout, stderr } = run(inMounts(mount, denoArgv(program)));
    const noexec = "is on a file system that is mounted noexec";
    assertEquals({ stdout, stderr }, {
      stdout: `true It ${noexec}\n` +
        `true The interpreter "${mounted}/dumper" of "${script}" ${noexec}\n`,
      stderr: "",
    });
  },
);

testWith(
  "explain() knows a file that is open for writing, a script's interpreter too",
  [kernel(6, 14)],
  () => {
    using folder = new TemporaryFolder();
    const dumper = writeDumper(folder);
    const script = folder.write("script", `#!${dumper}\n`, 0o755);
    const fd = openFile(dumper, O_WRONLY);
    try {
      const explanations = assertExplained({
        [dumper]: ["ETXTBSY", "It is open for writing"],
        [script]: [
          "ETXTBSY",
          `The interpreter "${dumper}" of "${script}" is open for writing`,
        ],
      });
      assertEquals(explanations[1]?.level, 1);
    } finally {
      closeFile(fd);
    }
    assertEquals(explain(script).kind, "program");
  },
);
