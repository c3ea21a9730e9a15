import { assertEquals } from "@std/assert";
import { js, TemporaryFolder } from "@procctl/testing";
import { assertFailures, dumpOf, failures, writeDumper } from "./_testing.ts";

Deno.test("execle() hands on the arguments, and exactly the environment after them", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  assertEquals(
    dumpOf(js`execle(${dumper}, "x", "canary", { V: "test" })`),
    { argv: ["x", "canary"], env: ["V=test"], path: dumper },
  );
});

Deno.test("execle() takes raw entries as the environment, or none", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  const { argv, env } = dumpOf(js`execle(${dumper}, "x", ["A=1", "A=2"])`);
  assertEquals({ argv, env }, { argv: ["x"], env: ["A=1", "A=2"] });
  assertEquals(dumpOf(js`execle(${dumper}, "x", {})`).env, []);
});

Deno.test("execle() refuses a call whose environment is missing", () => {
  const found = failures([
    'execle("/bin/true", "true")',
    'execle("/bin/true", "true", "argument")',
    'execle("/bin/true", "true", Uint8Array.of(0x41))',
  ], { flags: ["--no-prompt"] });
  // Its last argument stands where the environment is to be.
  assertEquals(found.map(({ type, message }) => `${type}: ${message}`), [
    "TypeError: Cannot pass argv to the kernel: it is empty, and programs expect their name in argv[0]",
    "TypeError: Cannot pass env to the kernel: it is a string, not a plain record of values by key",
    "TypeError: Cannot pass env to the kernel: it is a value of type Uint8Array, not a plain record of values by key",
  ]);
});

Deno.test("execle() does not search in PATH, and calls no shell", () => {
  using folder = new TemporaryFolder();
  writeDumper(folder);
  const unknown = folder.write("unknown", "echo no", 0o755);
  assertFailures({
    'execle("dumper", "x", {})': "ENOENT",
    [js`execle(${unknown}, "x", {})`]: "ENOEXEC",
  }, { env: { PATH: folder.path } });
});
