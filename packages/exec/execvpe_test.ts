import { assertEquals } from "@std/assert";
import { js, TemporaryFolder } from "@procctl/testing";
import { assertFailures, dumpOf, outputOf, writeDumper } from "./_testing.ts";
import { assertSearches, tellingScript } from "./_testing_search.ts";

Deno.test("execvpe() searches the caller's PATH, not the new program's", () => {
  using folder = new TemporaryFolder();
  folder.write("prog", tellingScript("found"), 0o755);
  const path = folder.path;
  assertSearches([
    [{ path: "/none", file: "prog", env: [`PATH=${path}`] }, "ENOENT"],
    [{ path: null, file: "prog", env: [`PATH=${path}`] }, "ENOENT"],
    [
      { path, file: "prog", env: ["PATH=/none"] },
      `found: ${path}/prog a b`,
    ],
  ]);
});

Deno.test("execvpe() hands on exactly the environment given", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  const env = { PATH: folder.path };
  assertEquals(
    dumpOf('execvpe("dumper", ["x", "a"], { V: "test" })', { env }),
    { argv: ["x", "a"], env: ["V=test"], path: dumper },
  );
  assertEquals(dumpOf('execvpe("dumper", ["x"], {})', { env }).env, []);
});

Deno.test("execvpe() gives a file of no format to the shell, with the environment given", () => {
  using folder = new TemporaryFolder();
  const script = 'echo "$0" "$1" "$V" "$W"\n';
  const path = folder.write("script", script, 0o755);
  const search = {
    path: folder.path,
    file: "script",
    argv: ["ARGV0", "one"],
    env: ["V=test"],
  };
  assertSearches([[search, `${path} one test `]]);
  // The same without a search.
  assertEquals(
    outputOf(js`execvpe(${path}, ["x", "one"], { V: "test" })`, {
      env: { W: "inherited" },
    }),
    `${path} one test \n`,
  );
});

Deno.test("execvpe() fails as execvp() does", () => {
  using folder = new TemporaryFolder();
  const path = folder.path;
  folder.write("plain", "", 0o644);
  assertSearches([
    [{ path, file: "missing", env: [] }, "ENOENT"],
    [{ path, file: "plain", env: [] }, "EACCES"],
    [{ path: `${path}/plain`, file: "x", env: [] }, "ENOTDIR"],
  ]);
  assertFailures({ 'execvpe("plain", ["x"], {})': "EACCES" }, {
    env: { PATH: path },
  });
});
