import { assertEquals } from "@std/assert";
import { js, TemporaryFolder } from "@procctl/testing";
import {
  assertFailures,
  childEnv,
  dumpOf,
  rawDumpOf,
  writeDumper,
} from "./_testing.ts";

function entries(env: Record<string, string>): string[] {
  return Object.entries(env).map(([key, value]) => `${key}=${value}`);
}

Deno.test("execv() hands on the arguments, and the environment as it was inherited", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  const call = js`execv(${dumper}, ["x", "canary"])`;
  const { argv, env, path } = dumpOf(call, { env: { V: "test" } });
  assertEquals({ argv, path }, { argv: ["x", "canary"], path: dumper });
  assertEquals(env, entries(childEnv({ V: "test" })));
});

Deno.test("execv() hands on an environment that is empty", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  const { env } = dumpOf(js`
    lazySymbols({ clearenv: { parameters: [], result: "i32" } }).clearenv();
    execv(${dumper}, ["x"]);
  `);
  assertEquals(env, []);
});

Deno.test("execv() hands on what Deno.env changed, and bytes that Deno.env cannot hold", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  const { env } = rawDumpOf(
    js`
      const libc = lazySymbols({
        putenv: { parameters: ["usize"], result: "i32" },
      });
      libc.putenv(new Arena().cString(Uint8Array.of(0x42, 0x3d, 0xff, 0x80)));
      Deno.env.set("C", "set");
      Deno.env.delete("A");
      execv(${dumper}, ["x"]);
    `,
    { env: { A: "1" }, flags: ["--allow-ffi", "--allow-env=A,C"] },
  );
  assertEquals(
    env.slice(-2),
    [
      Uint8Array.of(0x42, 0x3d, 0xff, 0x80),
      new TextEncoder().encode("C=set"),
    ],
  );
  assertEquals(env.length, Object.keys(childEnv()).length + 2);
});

Deno.test("execv() fails as execve() does", () => {
  using folder = new TemporaryFolder();
  const plain = folder.write("plain", "", 0o644);
  const unknown = folder.write("unknown", "no format", 0o755);
  const found = assertFailures({
    [js`execv(${folder.join("missing")}, ["x"])`]: "ENOENT",
    [js`execv(${plain}, ["x"])`]: "EACCES",
    [js`execv(${unknown}, ["x"])`]: "ENOEXEC",
  });
  assertEquals(
    found.map(({ syscall, path }) => ({ syscall, path })),
    [folder.join("missing"), plain, unknown].map((path) => ({
      syscall: "execve",
      path,
    })),
  );
});
