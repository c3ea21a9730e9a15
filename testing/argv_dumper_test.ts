import { assertEquals } from "@std/assert";
import {
  argvDumper,
  parseTextDump,
  run,
  TemporaryFolder,
} from "@procctl/testing";

Deno.test("the argv dumper writes what execve handed to it", () => {
  using folder = new TemporaryFolder();
  const dumper = folder.write("dumper", argvDumper(), 0o755);
  const { stdoutBytes } = run([dumper, "", "a b", "\n"], {
    env: { A: "1", B: "" },
  });
  assertEquals(parseTextDump(stdoutBytes), {
    argv: [dumper, "", "a b", "\n"],
    env: ["A=1", "B="],
    path: dumper,
  });
});

Deno.test("the argv dumper as an interpreter sees the script's arguments", () => {
  using folder = new TemporaryFolder();
  const dumper = folder.write("dumper", argvDumper(), 0o755);
  const script = folder.write("script", `#!${dumper} one arg\n`, 0o755);
  const { stdoutBytes } = run([script, "x"], { env: {} });
  assertEquals(parseTextDump(stdoutBytes), {
    argv: [dumper, "one arg", script, "x"],
    env: [],
    path: script,
  });
});
