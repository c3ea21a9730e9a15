import { assertEquals } from "@std/assert";
import { js, TemporaryFolder } from "@procctl/testing";
import { assertFailures, childEnv, dumpOf, writeDumper } from "./_testing.ts";

Deno.test("execl() hands on the arguments as they are listed, and the environment", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  const { argv, env, path } = dumpOf(
    js`execl(${dumper}, "x", "canary", ${Uint8Array.of(0x41)})`,
    { env: { V: "test" } },
  );
  assertEquals(
    { argv, path },
    { argv: ["x", "canary", "A"], path: dumper },
  );
  assertEquals(env.at(-1), "V=test");
  assertEquals(env.length, Object.keys(childEnv()).length + 1);
});

Deno.test("execl() does not search in PATH, and calls no shell", () => {
  using folder = new TemporaryFolder();
  writeDumper(folder);
  const unknown = folder.write("unknown", "echo no", 0o755);
  const [failure] = assertFailures({
    'execl("dumper", "x")': "ENOENT",
    [js`execl(${unknown}, "x")`]: "ENOEXEC",
  }, { env: { PATH: folder.path } });
  assertEquals(failure?.syscall, "execve");
});
