import { assertEquals } from "@std/assert";
import {
  argvDumper,
  parseTextDump,
  Spawner,
  TemporaryFolder,
} from "@procctl/testing";

Deno.test("a spawner tells what each program was handed, or why it is none", () => {
  using folder = new TemporaryFolder();
  using spawner = new Spawner();
  const dumper = folder.write("dumper", argvDumper(), 0o755);
  for (const argv of [["a", "b c"], [""], ["x".repeat(100_000)]]) {
    const spawned = spawner.spawn(dumper, argv, { A: "1" });
    assertEquals(
      spawned.kind === "spawned" && parseTextDump(spawned.output),
      { argv, env: ["A=1"], path: dumper },
    );
  }
  const EACCES = 13;
  assertEquals(spawner.spawn(folder.path, ["x"], {}), {
    kind: "failed",
    errno: EACCES,
  });
});

Deno.test("a spawner tells how a program ended", () => {
  using spawner = new Spawner();
  const sh = (command: string, timeout?: number) =>
    spawner.spawn("/bin/sh", ["sh", "-c", command], {}, {
      ...(timeout === undefined ? {} : { timeout }),
    });
  const output = new Uint8Array();
  const ended = { kind: "spawned", signal: null, output } as const;
  assertEquals(sh("exit 3"), { ...ended, code: 3 });
  assertEquals(sh("kill -SEGV $$"), { ...ended, code: 139, signal: "SIGSEGV" });
  assertEquals(sh("exec sleep 60", 20), {
    ...ended,
    code: 137,
    signal: "SIGKILL",
  });
});

Deno.test("a spawner runs what it is told to right before and after", () => {
  using spawner = new Spawner();
  const calls: string[] = [];
  for (const path of ["/bin/true", "/nonexistent"]) {
    spawner.spawn(path, ["x"], {}, {
      before: () => calls.push("before"),
      after: () => calls.push("after"),
    });
  }
  assertEquals(calls, ["before", "after", "before", "after"]);
});
