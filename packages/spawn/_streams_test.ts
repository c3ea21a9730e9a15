import { assert, assertEquals, assertRejects } from "@std/assert";
import { answerOf } from "./_testing_runtime.ts";
import { spawn } from "./spawn.ts";
import type { SpawnOptions } from "./spawn_options.ts";

function sh(script: string, options: SpawnOptions = {}) {
  return spawn("sh", { args: ["-c", script], ...options });
}

async function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  return await new Response(stream).text();
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

Deno.test("a child that writes much waits for who reads little of it", () => {
  const answer = answerOf(`
    const SIZE = 100_000_000;
    const child = spawn("head", { args: ["-c", SIZE, "/dev/zero"].map(String), stdout: "piped" });
    const reader = child.stdout.getReader();
    let { value: { length: size } } = await reader.read();
    await pause(50); // a child that need not wait had the time to end
    const waits = child.pidfd !== -1;
    gc();
    const before = ownMemory();
    let most = before;
    for (let reads = 0;; reads++) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (reads % 100 === 0) most = Math.max(most, ownMemory());
    }
    answer([waits, size, (most - before) < SIZE / 1024 / 2]);
  `);
  assertEquals(answer, [true, 100_000_000, true]);
});

Deno.test("a stream reads nothing before it is asked to", async () => {
  await using child = sh("head -c 65536 /dev/zero; echo done >&2; cat", {
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  // All that fits into the pipe is written, and no more is asked for.
  await child.stderr.getReader().read();
  const { value } = await child.stdout.getReader().read();
  assertEquals(value!.length, 65536);
});

Deno.test("a stream that is cancelled ends its writer by SIGPIPE", async () => {
  const child = spawn("yes", { stdout: "piped" });
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  assertEquals((await child.status).signal, "SIGPIPE");
});

Deno.test("a stream that is cancelled while it waits is at its end", async () => {
  await using child = spawn("sleep", { args: ["60"], stdout: "piped" });
  const reader = child.stdout.getReader();
  const read = reader.read();
  await reader.cancel();
  assertEquals((await read).done, true);
});

Deno.test("a stream of bytes fills arrays of its reader's own", async () => {
  const child = sh("printf 1234567", { stdout: "piped" });
  const reader = child.stdout.getReader({ mode: "byob" });
  const three = await reader.read(new Uint8Array(3));
  assertEquals(decode(three.value!), "123");
  const rest = await reader.read(new Uint8Array(new ArrayBuffer(12), 4, 8));
  assertEquals([decode(rest.value!), rest.value!.byteOffset], ["4567", 4]);
  const end = await reader.read(new Uint8Array(3));
  assertEquals([end.done, end.value!.length], [true, 0]);
});

Deno.test("a stream of bytes is read by both kinds of readers in turn", async () => {
  const child = sh("printf 1234567", { stdout: "piped" });
  const first = child.stdout.getReader({ mode: "byob" });
  await first.read(new Uint8Array(3));
  first.releaseLock();
  const { value } = await child.stdout.getReader().read();
  assertEquals(decode(value!), "4567");
});

Deno.test("what is written comes back as it was, much of it both ways", async () => {
  const sent = crypto.getRandomValues(new Uint8Array(65536));
  const child = spawn("cat", { stdin: "piped", stdout: "piped" });
  const write = async () => {
    const writer = child.stdin.getWriter();
    for (let i = 0; i < 200; i++) await writer.write(sent.subarray(i));
    await writer.write(new Uint8Array(3_000_000).fill(7));
    await writer.close();
  };
  const [{ stdout }] = await Promise.all([child.output(), write()]);
  const expected = new Uint8Array(stdout.length).fill(7);
  let at = 0;
  for (let i = 0; i < 200; i++, at += 65536 - i + 1) {
    expected.set(sent.subarray(i), at);
  }
  assertEquals(stdout.length, 200 * 65536 - 199 * 100 + 3_000_000);
  assert(stdout.every((byte, index) => byte === expected[index]));
});

Deno.test("streams that are read at the same time keep apart", async () => {
  const child = sh("yes out | head -n 300000 & yes err | head -n 300000 >&2", {
    stdout: "piped",
    stderr: "piped",
  });
  const [stdout, stderr] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
  ]);
  assert(stdout === "out\n".repeat(300_000));
  assert(stderr === "err\n".repeat(300_000));
});

Deno.test("stdin that is closed without a word is an end of the input", async () => {
  const child = spawn("cat", { stdin: "piped", stdout: "piped" });
  await child.stdin.close();
  assertEquals((await child.output()).stdout.length, 0);
});

Deno.test("a write to a child that has ended fails with EPIPE, and names the stream", async () => {
  const child = sh("exit 0", { stdin: "piped" });
  await child.status;
  const writer = child.stdin.getWriter();
  const error = await assertRejects(() => writer.write(new Uint8Array(1)));
  const { name, message, code, syscall } = error as never;
  assertEquals([name, message, code, syscall], [
    "SystemError",
    `Cannot write to the standard input of process ${child.pid}: Broken pipe: EPIPE`,
    "EPIPE",
    "write",
  ]);
  await assertRejects(() => writer.closed, Error, "EPIPE");
});

Deno.test("a write that waits for a child ends when the child does", async () => {
  await using child = spawn("sleep", { args: ["60"], stdin: "piped" });
  const write = child.stdin.getWriter().write(new Uint8Array(2 ** 20));
  child.kill();
  await assertRejects(() => write, Error, "EPIPE");
});

Deno.test("abort() ends a write that waits, and the child's input", async () => {
  const child = sh("read line; cat >/dev/null; echo end", {
    stdin: "piped",
    stdout: "piped",
  });
  const other = sh("read line <&9; wc -c", {
    stdin: "piped",
    stdout: "piped",
    fds: { 9: "piped" },
  });
  const writer = other.stdin.getWriter();
  const write = writer.write(new Uint8Array(2 ** 20));
  await assertRejects(
    () => Promise.all([write, writer.abort(new Error("mine"))]),
    Error,
  );
  const go = other.fds[9]!.writable.getWriter();
  await go.write(new TextEncoder().encode("\n"));
  // What was in the pipe is read, and then there is an end.
  assert(Number(await textOf(other.stdout)) < 2 ** 20);
  await child.stdin.abort();
  assertEquals(await textOf(child.stdout), "end\n");
});

Deno.test("a chunk that is not bytes is refused, and ends the input", async () => {
  const child = spawn("cat", { stdin: "piped", stdout: "null" });
  const writer = child.stdin.getWriter();
  writer.closed.catch(() => {});
  await assertRejects(
    () => writer.write("text" as never),
    TypeError,
    `Cannot write string to the standard input of process ${child.pid}: expected a Uint8Array`,
  );
  assertEquals((await child.status).code, 0);
});

Deno.test("a socket to another descriptor goes both ways, and each is closed by itself", async () => {
  const child = sh("tr a-z A-Z <&3 >&3; echo end >&9", {
    fds: { 3: "piped", 9: "piped" },
  });
  assertEquals(Object.keys(child.fds), ["3", "9"]);
  const writer = child.fds[3]!.writable.getWriter();
  await writer.write(new TextEncoder().encode("hello"));
  // The child answers when it has seen the end, over what is still open.
  await writer.close();
  assertEquals(await textOf(child.fds[3]!.readable), "HELLO");
  assertEquals(await textOf(child.fds[9]!.readable), "end\n");
});

Deno.test("a child sees that nobody reads its socket any more", async () => {
  const child = sh(
    "trap '' PIPE; read go <&3; echo x >&3 2>/dev/null || exit 6",
    {
      stderr: "null",
      fds: { 3: "piped" },
    },
  );
  const { readable, writable } = child.fds[3]!;
  await readable.cancel();
  await writable.getWriter().write(new TextEncoder().encode("go\n"));
  assertEquals((await child.status).code, 6);
});

Deno.test("what is transferred without a pause lets the rest of the program run", () => {
  const answer = answerOf(`
    const ticks = async (transfer) => {
      let ticked = false;
      setTimeout(() => ticked = true, 1);
      while (!ticked) await transfer();
      return ticked;
    };
    await using yes = spawn("yes", { stdout: "piped" });
    await using sink = sh("exec cat >/dev/null", { stdin: "piped" });
    const reader = yes.stdout.getReader();
    const writer = sink.stdin.getWriter();
    const chunk = new Uint8Array(1);
    answer([await ticks(() => reader.read()), await ticks(() => writer.write(chunk))]);
  `);
  assertEquals(answer, [true, true]);
});

Deno.test("streams that are dropped are closed when they are collected", () => {
  const answer = answerOf(`
    await sh("exit 0").status;
    const before = openCount();
    await (async () => {
      const script = "echo; exec sleep 0.01";
      const piped = { stdin: "piped", stdout: "piped", stderr: "piped", fds: { 5: "piped" } };
      const child = sh(script, piped);
      await child.stdout.getReader().read(); // one of them was used
      await child.status;
    })();
    const open = openCount() - before;
    await collectGarbage(() => openCount() === before);
    answer(open);
  `);
  assertEquals(answer, 5);
});

Deno.test("a stream whose child was dropped is read to its end", async () => {
  const stream = sh("sleep 0.01; echo late", { stdout: "piped" }).stdout;
  assertEquals(await textOf(stream), "late\n");
});
