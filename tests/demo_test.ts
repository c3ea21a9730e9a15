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

/** The examples of the manual page execve(2), which the demo shows first. */
const EXAMPLES = `$ ./execve ./myecho
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

/** What comes last: a program that is traced. */
const CENSORED = `$ ./censor secret -- grep word letter
The ****** word is "******".
$ ./censor secret -- sh -c 'tail -n 1 letter >&2; exit 3' 2>&1; echo $?
Keep it, or it is no ****** any more.
3
`;

/** What is between: a table of limits, a line for each, and a shell's stack. */
const LIMITS = new RegExp(
  String.raw`^\$ ./get-limits\nRESOURCE +SOFT +HARD +UNITS\n(.+\n){16}` +
    String.raw`\$ ./stack-shell 64MiB -- sh -c 'ulimit -s'\n65536\n$`,
);

/** Asserts that the demo printed all that it shows. */
function assertShown(stdout: string): void {
  assertEquals(stdout.slice(0, EXAMPLES.length), EXAMPLES);
  assertMatch(stdout.slice(EXAMPLES.length, -CENSORED.length), LIMITS);
  assertEquals(stdout.slice(-CENSORED.length), CENSORED);
}

Deno.test("the demo prints the transcripts of execve(2), then limits, then a censored letter, and leaves nothing behind", () => {
  using folder = new TemporaryFolder();
  const { code, stdout, stderr } = run(demoArgv(folder.path));
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertShown(stdout);
  assertEquals(readDirectory(folder.path), []);
});

Deno.test("the demo runs from folders with blanks and quotes in their names", () => {
  using folder = new TemporaryFolder();
  const odd = folder.mkdir(`a "b" 'c' #d %20 é`);
  const repository = folder.symlink(ROOT, `repository "b" 'c' #d %20 é`);
  const { code, stdout } = run(demoArgv(odd, repository), { cwd: "/" });
  assertEquals(code, 0);
  assertShown(stdout);
});

Deno.test("the demo runs from, and tidies up, a folder named by a relative path", () => {
  using folder = new TemporaryFolder();
  folder.mkdir("relative");
  const { code, stdout } = run(demoArgv("relative"), { cwd: folder.path });
  assertEquals(code, 0);
  assertShown(stdout);
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
  // As deep as can be for a folder with a name of 50 bytes, slash and all.
  const parent = deepFolder(folder, 4095 - 50);
  const { code, stderr } = run(demoArgv(parent));
  assertEquals(code, 1);
  assertStringIncludes(stderr, "File name too long: ENAMETOOLONG");
  assertEquals(readDirectory(parent), []);
});

Deno.test("the demo fails when a program prints other than it should", () => {
  const { code, stdout, stderr, left } = runWith(
    "myecho",
    `export const main = () => console.log("other");`,
  );
  assertEquals([code, stdout], [1, "$ ./execve ./myecho\nother\n"]);
  assertStringIncludes(stderr, "did not print what it should");
  assertEquals(left, []);
});

Deno.test("the demo fails when a table of limits is none", () => {
  const { code, stdout, stderr } = runWith(
    "get-limits",
    `export const main = () => console.log("RESOURCE SOFT HARD UNIT");`,
  );
  assertEquals(code, 1);
  assertEquals(
    stdout,
    `${EXAMPLES}$ ./get-limits\nRESOURCE SOFT HARD UNIT\n`,
  );
  assertStringIncludes(stderr, "./get-limits did not print what it should");
});

Deno.test("the demo fails when a program does", () => {
  const { code, stdout, stderr, left } = runWith(
    "myecho",
    `
    import { main as myecho } from "${MYECHO}";

    export function main() {
      myecho();
      Deno.exitCode = 3;
    }
  `,
  );
  const [first] = EXAMPLES.split("$ ./execve ./script");
  assertEquals([code, stdout], [1, first]);
  assertEquals(stderr, "./execve ./myecho failed\n");
  assertEquals(left, []);
});

Deno.test("the demo's programs keep Deno's cache in the demo's folder", () => {
  const { stdout } = runWith(
    "myecho",
    `
    import { getenv } from "@procctl/libc";

    export function main() {
      console.log(new TextDecoder().decode(getenv("DENO_DIR")));
    }
  `,
  );
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
    assertStringIncludes(stderr, "did not print what it should");
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
    `${repository}/apps/demo/main.ts`,
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

/** Runs the demo of a repository that is this one but for one of its programs. */
function runWith(app: string, source: string) {
  using folder = new TemporaryFolder();
  for (const name of ["deno.json", "packages", "testing", "third_party"]) {
    folder.symlink(`${ROOT}/${name}`, name);
  }
  folder.mkdir("apps");
  const apps = [
    ...["censor", "demo", "execve-demo", "get-limits", "myecho", "stack-shell"],
  ];
  for (const name of apps.filter((name) => name !== app)) {
    folder.symlink(`${ROOT}/apps/${name}`, `apps/${name}`);
  }
  folder.mkdir(`apps/${app}`);
  folder.symlink(`${ROOT}/apps/${app}/deno.json`, `apps/${app}/deno.json`);
  folder.write(`apps/${app}/main.ts`, source);
  const temporary = folder.mkdir("temporary");
  const finished = run(demoArgv(temporary, folder.path));
  return { ...finished, left: readDirectory(temporary) };
}
