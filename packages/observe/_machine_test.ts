import { assertEquals } from "@std/assert";
import { onlineCpus, parseCpuList } from "./_machine.ts";

Deno.test("parseCpuList() reads ranges and single processors", () => {
  assertEquals(parseCpuList("0\n"), [0]);
  assertEquals(parseCpuList("0-3\n"), [0, 1, 2, 3]);
  assertEquals(parseCpuList("0,2-3,8\n"), [0, 2, 3, 8]);
});

Deno.test("onlineCpus() gives as many as Deno knows", () => {
  assertEquals(onlineCpus().length >= navigator.hardwareConcurrency, true);
});
