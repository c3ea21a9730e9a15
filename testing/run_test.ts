import { assertEquals } from "@std/assert";
import { run } from "@procctl/testing";

Deno.test("what two programs write at once is all there", () => {
  const write = "i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo abc; done";
  const { stdout } = run(["sh", "-c", `(${write}) & ${write}; wait`]);
  assertEquals(stdout.length, 2 * 3000 * "abc\n".length);
});
