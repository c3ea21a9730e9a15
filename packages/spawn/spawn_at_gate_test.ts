import { assertEquals } from "@std/assert";
import { answerOf } from "./_testing_child.ts";

Deno.test("spawnAtGate() leaves a child at its gate, which executes when it is let through", () => {
  const answer = answerOf(String.raw`
    const { spawnAtGate } = await import("@procctl/spawn/spawn-at-gate");
    const { child, pipes } = spawnAtGate("echo", {
      args: ["through"],
      stdout: "piped",
    });
    const before = text("/proc/" + child.pid + "/comm").trim();
    child.open();
    child.executed();
    const buffer = new Uint8Array(100);
    // The pipe does not block, and the program has only begun.
    let size;
    do size = Number(c.read(pipes.get(1), buffer, 100n)); while (size === -1);
    end(child);
    answer([before, new TextDecoder().decode(buffer.subarray(0, size))]);
  `);
  assertEquals(answer, ["deno", "through\n"]);
});

Deno.test("spawnAtGate() takes the last steps right before the exec", () => {
  const answer = answerOf(String.raw`
    const { spawnAtGate } = await import("@procctl/spawn/spawn-at-gate");
    const { child } = spawnAtGate("sleep", { args: ["60"], umask: 0o22 }, [umask(0o77)]);
    child.open();
    child.executed();
    answer(field("/proc/" + child.pid + "/status", "Umask"));
    end(child);
  `);
  assertEquals(answer, "0077");
});

Deno.test("spawnAtGate() hands on the environment of when it was called", () => {
  const answer = answerOf(String.raw`
    const { spawnAtGate } = await import("@procctl/spawn/spawn-at-gate");
    c.setenv(cString("PROCCTL_TEST"), cString("before"), 1);
    const { child } = spawnAtGate("sleep", { args: ["60"] });
    c.setenv(cString("PROCCTL_TEST"), cString("after"), 1);
    child.open();
    child.executed();
    answer(/PROCCTL_TEST=(\w+)/.exec(text("/proc/" + child.pid + "/environ"))[1]);
    end(child);
  `);
  assertEquals(answer, "before");
});

Deno.test("spawnAtGate() maps the caller in a new user namespace", () => {
  const answer = answerOf(String.raw`
    const { spawnAtGate } = await import("@procctl/spawn/spawn-at-gate");
    const { child } = spawnAtGate("sleep", { args: ["60"], namespaces: ["user"], uid: 7, gid: 7 });
    const map = text("/proc/" + child.pid + "/uid_map").trim().split(/\s+/);
    child[Symbol.dispose]();
    answer(map);
  `);
  assertEquals((answer as string[])[0], "7");
});

Deno.test("spawnAtGate() refuses a FIFO, which the caller would wait for for ever", () => {
  const message = answerOf(String.raw`
    const { spawnAtGate } = await import("@procctl/spawn/spawn-at-gate");
    using folder = new TemporaryFolder();
    const path = folder.mkfifo("fifo");
    answer(attempt(() => {
      const { child } = spawnAtGate("true", { stdin: { path, access: "read" } });
      child[Symbol.dispose]();
      return { message: "not refused" };
    }).message.replace(path, "fifo"));
  `);
  assertEquals(
    message,
    'Cannot open "fifo" as stdin: it is a FIFO, which to open is to wait for its other end; open it beforehand and give the descriptor',
  );
});
