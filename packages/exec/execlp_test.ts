import { assertEquals } from "@std/assert";
import { TemporaryFolder } from "@procctl/testing";
import {
  assertFailures,
  childEnv,
  dumpOf,
  outputOf,
  writeDumper,
} from "./_testing.ts";

Deno.test("execlp() searches in PATH, and hands on arguments and environment", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  const { argv, env, path } = dumpOf('execlp("dumper", "x", "canary")', {
    env: { PATH: folder.path, V: "test" },
  });
  assertEquals({ argv, path }, { argv: ["x", "canary"], path: dumper });
  assertEquals(
    env.slice(Object.keys(childEnv()).length),
    [`PATH=${folder.path}`, "V=test"],
  );
});

Deno.test("execlp() gives a file of no format to the shell", () => {
  using folder = new TemporaryFolder();
  const script = folder.write("script", 'echo "$0" "$@"\n', 0o755);
  const output = outputOf('execlp("script", "ARGV0", "one", "two")', {
    env: { PATH: folder.path },
  });
  assertEquals(output, `${script} one two\n`);
});

Deno.test("execlp() fails as execvp() does", () => {
  using folder = new TemporaryFolder();
  folder.write("plain", "", 0o644);
  const [missing, denied] = assertFailures({
    'execlp("missing", "x")': "ENOENT",
    'execlp("plain", "x")': "EACCES",
    'execlp("", "x")': "ENOENT",
  }, { env: { PATH: folder.path } });
  assertEquals([missing?.path, denied?.path], ["missing", "plain"]);
});
