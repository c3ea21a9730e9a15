import { assertEquals, assertStringIncludes } from "@std/assert";
import { readDirectory } from "@procctl/libc/files";
import {
  denoArgv,
  inMounts,
  mounts,
  ROOT,
  run,
  TemporaryFolder,
  testWith,
} from "@procctl/testing";

const DEMO = `${ROOT}/apps/execve-demo/demo.ts`;

/** The examples of the manual page execve(2). */
const TRANSCRIPTS = `$ ./execve ./myecho
argv[0]: ./myecho
argv[1]: hello
argv[2]: world
$ ./execve ./script
argv[0]: ./myecho
argv[1]: script-arg
argv[2]: ./script
argv[3]: hello
argv[4]: world
`;

Deno.test("the demo prints the transcripts of execve(2), and leaves nothing behind", () => {
  using folder = new TemporaryFolder();
  const { code, stdout, stderr } = run([
    "env",
    `TMPDIR=${folder.path}`,
    ...denoArgv(DEMO),
  ]);
  assertEquals({ code, stdout, stderr }, {
    code: 0,
    stdout: TRANSCRIPTS,
    stderr: "",
  });
  assertEquals(readDirectory(folder.path), []);
});

Deno.test("the demo runs from folders with blanks and quotes in their names", () => {
  using folder = new TemporaryFolder();
  const odd = folder.mkdir(`a "b" 'c' #d %20 é`);
  const repository = folder.symlink(ROOT, "the repository");
  const { code, stdout } = run([
    "env",
    `TMPDIR=${odd}`,
    Deno.execPath(),
    "run",
    `--config=${repository}/deno.json`,
    "--allow-ffi",
    `${repository}/apps/execve-demo/demo.ts`,
  ], { cwd: "/" });
  assertEquals([code, stdout], [0, TRANSCRIPTS]);
});

Deno.test("the demo fails where it cannot make its folder", () => {
  const { code, stdout, stderr } = run([
    "env",
    "TMPDIR=/nonexistent",
    ...denoArgv(DEMO),
  ]);
  assertEquals([code, stdout], [1, ""]);
  assertStringIncludes(stderr, `temporary folder in "/nonexistent"`);
});

testWith(
  "the demo fails when its programs cannot be executed",
  [mounts],
  () => {
    using folder = new TemporaryFolder();
    const mount = `mount -t tmpfs -o noexec,mode=1777 none ${folder.path}`;
    const { code, stdout, stderr } = run(
      inMounts(mount, ["env", `TMPDIR=${folder.path}`, ...denoArgv(DEMO)]),
    );
    assertEquals([code, stdout], [1, "$ ./execve ./myecho\n"]);
    assertStringIncludes(stderr, "did not print what execve(2) says");
  },
);
