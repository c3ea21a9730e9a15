import { assertEquals } from "@std/assert";
import { answerOf } from "./_testing_runtime.ts";
import { spawn } from "./spawn.ts";

Deno.test("wait() tells that a child was stopped, continued, and ended", async () => {
  // A group of its own: in one that nobody is left to continue, as this program's
  // own may be, SIGTSTP stops nothing.
  await using child = spawn("sleep", { args: ["60"], processGroup: 0 });
  for (const signal of ["SIGSTOP", "SIGTSTP"] as const) {
    child.kill(signal);
    assertEquals(await child.wait(), { kind: "stopped", signal });
    child.kill("SIGCONT");
    assertEquals(await child.wait(), { kind: "continued" });
  }
  child.kill("SIGKILL");
  const status = await child.status;
  assertEquals(status.signal, "SIGKILL");
  assertEquals(await child.wait(), { kind: "ended", status });
});

Deno.test("wait() tells all who wait at the same time", async () => {
  await using child = spawn("sleep", { args: ["60"] });
  const waits = [child.wait(), child.wait(), child.wait()];
  child.kill("SIGSTOP");
  const stopped = { kind: "stopped", signal: "SIGSTOP" } as const;
  assertEquals(await Promise.all(waits), [stopped, stopped, stopped]);

  const later = [child.wait(), child.wait()];
  child.kill("SIGKILL");
  const ended = { kind: "ended", status: await child.status } as const;
  assertEquals(await Promise.all(later), [ended, ended]);
});

Deno.test("wait() takes nothing from the other children", async () => {
  await using first = spawn("sleep", { args: ["60"] });
  await using second = spawn("sleep", { args: ["60"] });
  const waits = [first.wait(), second.wait()];
  second.kill("SIGSTOP");
  const stopped = { kind: "stopped", signal: "SIGSTOP" } as const;
  assertEquals(await waits[1], stopped);
  first.kill("SIGKILL");
  assertEquals((await waits[0]!).kind, "ended");
  const ended = second.status.then(() => "ended");
  const soon = new Promise((resolve) => setTimeout(resolve, 1, "stopped"));
  assertEquals(await Promise.race([ended, soon]), "stopped");
});

Deno.test("wait() does not keep the program alive for a child that is unref'd", () => {
  const answer = answerOf(`
    const child = sh("exec sleep 60", { deathSignal: "SIGKILL" });
    child.unref();
    child.wait().then(() => answer("ended"));
    answer("waits");
  `);
  assertEquals(answer, "waits");
});
