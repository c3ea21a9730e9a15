import { assertEquals } from "@std/assert";
import { statusIn } from "./qemu.ts";

Deno.test("statusIn() finds the status that a guest ended with", () => {
  assertEquals(statusIn("ok | 1 passed\nGUEST-STATUS=0\n[ 9.8] off\n"), 0);
  assertEquals(statusIn("GUEST-STATUS=124\n"), 124);
});

Deno.test("statusIn() finds none where a guest was lost", () => {
  assertEquals(statusIn("a test ...\nKernel panic - not syncing\n"), undefined);
  assertEquals(statusIn("a test GUEST-STATUS=0 ... ok\n"), undefined);
});
