import { assertEquals } from "@std/assert";
import { answerOf } from "./_testing_child.ts";

Deno.test("letThrough() makes of a child at its gate one as spawn() starts it", () => {
  const answer = answerOf(String.raw`
    const { spawnAtGate } = await import("@procctl/spawn/spawn-at-gate");
    const { letThrough } = await import("@procctl/spawn/let-through");
    const options = { args: ["-c", "echo through; kill -TERM 0"], stdout: "piped", processGroup: 0 };
    const child = letThrough(spawnAtGate("sh", options), options);
    const { stdout, signal } = await child.output();
    answer([new TextDecoder().decode(stdout), signal, child.killGroup()]);
  `);
  assertEquals(answer, ["through\n", "SIGTERM", false]);
});

Deno.test("letThrough() leaves nothing of a child that cannot execute", () => {
  const answer = answerOf(String.raw`
    const { spawnAtGate } = await import("@procctl/spawn/spawn-at-gate");
    const { letThrough } = await import("@procctl/spawn/let-through");
    const count = () => Object.keys(descriptors("self")).length;
    const fail = () => attempt(() =>
      letThrough(spawnAtGate("/nonexistent", { stdin: "piped", stdout: "piped" })));
    fail();
    const before = count();
    const { message } = fail();
    answer([message, count() - before]);
  `);
  assertEquals(answer, [
    'Cannot execute "/nonexistent": No such file or directory: ENOENT',
    0,
  ]);
});
