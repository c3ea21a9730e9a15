import { assertEquals } from "@std/assert";
import { run, TemporaryFolder } from "@procctl/testing";
import { waitingProgram } from "./_waiting_program.ts";

Deno.test("the waiting program reads a byte, says nothing, and ends", () => {
  using folder = new TemporaryFolder();
  const program = folder.write("waiting", waitingProgram(), 0o755);
  // What it has not read is left for the one that comes after it.
  const script = `${program}; cat`;
  const { code, stdout } = run(["sh", "-c", script], { stdin: "abc" });
  assertEquals([code, stdout], [0, "bc"]);
});
