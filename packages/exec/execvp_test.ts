import { assertEquals } from "@std/assert";
import { js, TemporaryFolder } from "@procctl/testing";
import {
  assertFailures,
  childEnv,
  dumpOf,
  outputOf,
  writeDumper,
} from "./_testing.ts";
import { assertSearches, tellingScript } from "./_testing_search.ts";

/** A folder with the folders a and b, and prog in them where it is given. */
function folders(
  { a, b }: { a?: string; b?: string },
): TemporaryFolder & { a: string; b: string } {
  const folder = new TemporaryFolder();
  const made = { a: folder.mkdir("a"), b: folder.mkdir("b") };
  if (a !== undefined) folder.write("a/prog", a, 0o755);
  if (b !== undefined) folder.write("b/prog", b, 0o755);
  return Object.assign(folder, made);
}

Deno.test("execvp() hands on the arguments and the environment", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  const { argv, env, path } = dumpOf(
    `execvp("dumper", ["x", "canary"])`,
    { env: { PATH: `/none:${folder.path}` } },
  );
  assertEquals({ argv, path }, { argv: ["x", "canary"], path: dumper });
  assertEquals(env.length, Object.keys(childEnv()).length + 1);
  assertEquals(env.at(-1), `PATH=/none:${folder.path}`);
});

Deno.test("execvp() runs the first file of that name in PATH", () => {
  using folder = folders({ a: tellingScript("a"), b: tellingScript("b") });
  const { a, b } = folder;
  assertSearches([[
    { path: `${a}:${b}`, file: "prog" },
    `a: ${a}/prog a b`,
  ]]);
  assertSearches([[
    { path: `/none:${b}:${a}`, file: "prog" },
    `b: ${b}/prog a b`,
  ]]);
});

Deno.test("execvp() passes over a file without execute permission, and a directory", () => {
  using folder = folders({ a: "", b: tellingScript("b") });
  const { a, b } = folder;
  folder.chmod("a/prog", 0o644);
  folder.mkdir("b/folder");
  folder.write("a/folder", tellingScript("a"), 0o755);
  assertSearches([[
    { path: `${a}:${b}`, file: "prog" },
    `b: ${b}/prog a b`,
  ]]);
  assertSearches([[
    { path: `${b}:${a}`, file: "folder" },
    `a: ${a}/folder a b`,
  ]]);
});

Deno.test("execvp() fails with EACCES if it passed over a file that it may not execute", () => {
  using folder = folders({ a: "" });
  const { a, b } = folder;
  folder.chmod("a/prog", 0o644);
  assertSearches([
    [{ path: a, file: "prog" }, "EACCES"],
    [{ path: `${a}:${b}`, file: "prog" }, "EACCES"],
    [{ path: `${a}:/none`, file: "prog" }, "EACCES"],
    [{ path: `/none:${a}`, file: "prog" }, "EACCES"],
    [{ path: folder.path, file: "b" }, "EACCES"],
  ]);
});

Deno.test("execvp() fails with ENOENT if there is no such file, or no name", () => {
  using folder = folders({ a: tellingScript("a") });
  const { a, b } = folder;
  assertSearches([
    [{ path: `${a}:${b}:/none`, file: "missing" }, "ENOENT"],
    [{ path: a, file: "" }, "ENOENT"],
    [{ path: null, file: "" }, "ENOENT"],
  ]);
  const [failure] = assertFailures({
    'execvp("missing", ["x"])': "ENOENT",
  }, { env: { PATH: a } });
  assertEquals(failure?.path, "missing");
  assertEquals(failure?.syscall, "execve");
});

Deno.test("execvp() passes over a file in the place of a folder, and tells of the last", () => {
  using folder = folders({ b: tellingScript("b") });
  const { b } = folder;
  const file = folder.write("file", "", 0o755);
  assertSearches([
    [{ path: file, file: "missing" }, "ENOTDIR"],
    [{ path: `${file}:${b}`, file: "missing" }, "ENOENT"],
    [{ path: `${b}:${file}`, file: "missing" }, "ENOTDIR"],
    [{ path: `${file}:${b}`, file: "prog" }, `b: ${b}/prog a b`],
  ]);
});

for (const path of [":/none", "/none:", "/none::/none2", "", ":"]) {
  Deno.test(`execvp() looks in the working directory with PATH="${path}"`, () => {
    using folder = folders({ a: tellingScript("here") });
    assertSearches([
      [{ path, file: "missing", cwd: folder.a }, "ENOENT"],
      [{ path, file: "prog", cwd: folder.a }, "here: prog a b"],
    ]);
  });
}

Deno.test("execvp() looks in the working directory only where PATH says so", () => {
  using folder = folders({ a: tellingScript("here") });
  const cwd = folder.a;
  assertSearches([
    [{ path: "/none", file: "prog", cwd }, "ENOENT"],
    [{ path: null, file: "prog", cwd }, "ENOENT"],
    [{ path: "/none:.", file: "prog", cwd }, "here: ./prog a b"],
  ]);
});

Deno.test("execvp() without PATH looks in /bin and /usr/bin", () => {
  using folder = folders({});
  folder.write("a/echo", tellingScript("here"), 0o755);
  assertSearches([[
    { path: null, file: "echo", argv: ["echo", "found"], cwd: folder.a },
    "found",
  ]]);
});

Deno.test("execvp() does not search for a name with a slash", () => {
  using folder = folders({ a: tellingScript("a"), b: tellingScript("b") });
  const { a, b, path: cwd } = folder;
  assertSearches([
    [{ path: b, file: "./prog", cwd }, "ENOENT"],
    [{ path: cwd, file: "missing/prog", cwd: b }, "ENOENT"],
    [{ path: "/none", file: "a/prog", cwd }, "a: a/prog a b"],
  ]);
  assertSearches([[
    { path: b, file: `${a}/prog`, cwd },
    `a: ${a}/prog a b`,
  ]]);
});

Deno.test("execvp() fails with ENAMETOOLONG for a name of 256 bytes, wherever it looks", () => {
  using folder = folders({});
  const path = folder.a;
  assertSearches([[{ path, file: "x".repeat(255) }, "ENOENT"]]);
  // glibc before 2.43 reads such a name past its end, so it is not asked.
  const call = js`execvp(${"x".repeat(256)}, ["x"])`;
  for (const PATH of [path, "/none"]) {
    assertFailures({ [call]: "ENAMETOOLONG" }, { env: { PATH } });
  }
});

Deno.test("execvp() passes over a folder in PATH that is too long for a path", () => {
  using folder = folders({ a: tellingScript("a"), b: tellingScript("b") });
  const { a, b } = folder;
  const long = a.padEnd(5000, "/.");
  assertSearches([
    [{ path: `${long}:${b}`, file: "missing" }, "ENOENT"],
    [{ path: `${long}:${b}`, file: "prog" }, `b: ${b}/prog a b`],
  ]);
});

Deno.test("execvp() does not look in the working directory for a folder that is too long", () => {
  using folder = folders({ a: tellingScript("a") });
  // glibc does, by an oversight: it takes the colon after it for an empty one.
  const long = folder.b.padEnd(5000, "/.");
  assertFailures({ 'execvp("prog", ["x"])': "ENOENT" }, {
    cwd: folder.a,
    env: { PATH: `${long}:/none` },
  });
});

Deno.test("execvp() gives a file of no format to the shell, whose $0 is its path", () => {
  const script = 'echo "$0" "$#" "$@"\n';
  using folder = folders({ a: script });
  const { a, b, path: cwd } = folder;
  const argv = ["ARGV0", "one", "two words"];
  assertSearches([[
    { path: `/none:${a}`, file: "prog", argv },
    `${a}/prog 2 one two words`,
  ]]);
  assertSearches([[
    { path: "/none", file: "a/prog", argv: ["ARGV0"], cwd },
    "a/prog 0",
  ]]);
  assertSearches([[
    { path: "", file: "prog", argv: ["ARGV0"], cwd: a },
    "prog 0",
  ]]);
  folder.write("b/prog", "/bin/cat /proc/$$/cmdline; echo\n", 0o755);
  assertSearches([[
    { path: b, file: "prog", argv },
    `/bin/sh\0${b}/prog\0one\0two words\0`,
  ]]);
});

Deno.test("execvp() gives an empty file to the shell, which has nothing to do", () => {
  using folder = folders({ a: "", b: tellingScript("b") });
  const { a, b } = folder;
  const env = { PATH: `${a}:${b}` };
  assertEquals(outputOf('execvp("prog", ["x"])', { env }), "");
});

Deno.test("execvp() passes over a script whose interpreter is missing", () => {
  using folder = folders({ a: "#!/no/such\n", b: tellingScript("b") });
  const { a, b } = folder;
  assertSearches([
    [{ path: a, file: "prog" }, "ENOENT"],
    [{ path: `${a}:${b}`, file: "prog" }, `b: ${b}/prog a b`],
  ]);
});

Deno.test("execvp() stops at a symbolic link to itself, and says where", () => {
  using folder = folders({ b: tellingScript("b") });
  const { a, b } = folder;
  const loop = folder.symlink("prog", "a/prog");
  const path = `/none:${a}:${b}`;
  assertSearches([[{ path, file: "prog" }, "ELOOP"]]);
  const [failure] = assertFailures({ 'execvp("prog", ["x"])': "ELOOP" }, {
    env: { PATH: path },
  });
  assertEquals(failure?.path, loop);
});
