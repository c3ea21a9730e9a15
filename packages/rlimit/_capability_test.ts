import { assertEquals } from "@std/assert";
import { readFile } from "@procctl/libc/files";
import { hasCapSysResource } from "./_capability.ts";
import { answerOf } from "./_testing.ts";

Deno.test("whether this process has CAP_SYS_RESOURCE is what /proc says", () => {
  const status = new TextDecoder().decode(readFile("/proc/thread-self/status"));
  const effective = BigInt(`0x${/^CapEff:\s*(\w+)/m.exec(status)![1]}`);
  assertEquals(hasCapSysResource(), (effective >> 24n & 1n) === 1n);
});

Deno.test("an ordinary user does not have CAP_SYS_RESOURCE", () => {
  const module = import.meta.resolve("./_capability.ts");
  const answer = answerOf(`
    becomeOrdinary();
    const { hasCapSysResource } = await import("${module}");
    answer(hasCapSysResource());
  `);
  assertEquals(answer, false);
});
