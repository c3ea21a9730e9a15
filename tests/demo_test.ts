import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readDirectory } from "@procctl/libc/files";
import {
  inMounts,
  mounts,
  ROOT,
  run,
  TemporaryFolder,
  testWith,
} from "@procctl/testing";

const MYECHO = import.meta.resolve("../apps/myecho/main.ts");

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
  const { code, stdout, stderr } = run(demoArgv(folder.path));
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
  const repository = folder.symlink(ROOT, `repository "b" 'c' #d %20 é`);
  const { code, stdout } = run(demoArgv(odd, repository), { cwd: "/" });
  assertEquals([code, stdout], [0, TRANSCRIPTS]);
});

Deno.test("the demo runs from, and tidies up, a folder named by a relative path", () => {
  using folder = new TemporaryFolder();
  folder.mkdir("relative");
  const { code, stdout } = run(demoArgv("relative"), { cwd: folder.path });
  assertEquals([code, stdout], [0, TRANSCRIPTS]);
  assertEquals(readDirectory(folder.join("relative")), []);
});

Deno.test("the demo fails where it cannot make its folder", () => {
  const { code, stdout, stderr } = run(demoArgv("/nonexistent"));
  assertEquals([code, stdout], [1, ""]);
  assertMatch(
    stderr,
    /^Cannot make "\/nonexistent\/[^"]+": No such file or directory: ENOENT\n$/,
  );
});

Deno.test("the demo leaves nothing behind where it cannot fill its folder", () => {
  using folder = new TemporaryFolder();
  // As deep as can be for a folder with a name of 49 bytes, slash and all.
  const parent = deepFolder(folder, 4095 - 49);
  const { code, stderr } = run(demoArgv(parent));
  assertEquals(code, 1);
  assertStringIncludes(stderr, "File name too long: ENAMETOOLONG");
  assertEquals(readDirectory(parent), []);
});

Deno.test("the demo fails when a program prints other than it should", () => {
  const { code, stdout, stderr, left } = runWithMyecho(
    `export const main = () => console.log("other");`,
  );
  assertEquals([code, stdout], [1, "$ ./execve ./myecho\nother\n"]);
  assertStringIncludes(stderr, "did not print what execve(2) says");
  assertEquals(left, []);
});

Deno.test("the demo fails when a program does", () => {
  const { code, stdout, stderr, left } = runWithMyecho(`
    import { main as myecho } from "${MYECHO}";

    export function main() {
      myecho();
      Deno.exitCode = 3;
    }
  `);
  const [first] = TRANSCRIPTS.split("$ ./execve ./script");
  assertEquals([code, stdout], [1, first]);
  assertEquals(stderr, "./execve ./myecho failed\n");
  assertEquals(left, []);
});

Deno.test("the demo's programs keep Deno's cache in the demo's folder", () => {
  const { stdout } = runWithMyecho(`
    import { getenv } from "@procctl/libc";

    export function main() {
      console.log(new TextDecoder().decode(getenv("DENO_DIR")));
    }
  `);
  assertEquals(stdout, "$ ./execve ./myecho\n./cache\n");
});

testWith(
  "the demo fails when its programs cannot be executed",
  [mounts],
  () => {
    using folder = new TemporaryFolder();
    const mount = `mount -t tmpfs -o noexec,mode=1777 none ${folder.path}`;
    const { code, stdout, stderr } = run(
      inMounts(mount, demoArgv(folder.path)),
    );
    assertEquals([code, stdout], [1, "$ ./execve ./myecho\n"]);
    assertStringIncludes(stderr, "did not print what execve(2) says");
  },
);

/** What runs the demo of a repository, with this folder for temporary files. */
function demoArgv(temporary: string, repository = ROOT): string[] {
  return [
    "env",
    `TMPDIR=${temporary}`,
    Deno.execPath(),
    "run",
    `--config=${repository}/deno.json`,
    "--allow-ffi",
    `${repository}/apps/execve-demo/demo.ts`,
  ];
}

/** Makes a folder in a folder, with a path of exactly this length. */
function deepFolder(folder: TemporaryFolder, length: number): string {
  let name = "x".repeat(100);
  folder.mkdir(name);
  while (folder.join(name).length < length) {
    const rest = length - folder.join(name).length;
    // One byte is the slash, and a rest of one would leave no name.
    name += `/${"x".repeat(rest > 200 ? 100 : rest - 1)}`;
    folder.mkdir(name);
  }
  return folder.join(name);
}

/** Runs the demo of a repository that is this one but for its myecho. */
function runWithMyecho(source: string) {
  using folder = new TemporaryFolder();
  for (const name of ["deno.json", "packages", "testing", "third_party"]) {
    folder.symlink(`${ROOT}/${name}`, name);
  }
  folder.mkdir("apps");
  folder.symlink(`${ROOT}/apps/execve-demo`, "apps/execve-demo");
  folder.mkdir("apps/myecho");
  folder.symlink(
    `${ROOT}/apps/myecho/deno.json`,
    "apps/myecho/deno.json",
  );
  folder.write("apps/myecho/main.ts", source);
  const temporary = folder.mkdir("temporary");
  const finished = run(demoArgv(temporary, folder.path));
  return { ...finished, left: readDirectory(temporary) };
}
