import { assert, assertEquals, assertThrows } from "@std/assert";
import { SystemError } from "@procctl/libc";
import { spawn } from "@procctl/spawn";
import { TemporaryFolder, testWith } from "@procctl/testing";
import { callNumbers, compile, compiled, perfEvents } from "./_testing.ts";
import { attach } from "./attach.ts";
import type { ObservedEvent } from "./event.ts";
import type { RingOptions } from "./options.ts";

testWith(
  "attach() observes all threads, and what they make from then on",
  compiled,
  async () => {
    using folder = new TemporaryFolder();
    await using child = spawn(compile(folder), {
      args: ["serve", "1000", "3"],
      stdin: "piped",
      stdout: "piped",
    });
    const input = child.stdin.getWriter();
    const output = child.stdout.getReader();
    await output.read();
    using observation = attach(child.pid, { latency: 10 });
    assertEquals(observation.pid, child.pid);
    assertEquals(observation.child, undefined);
    // It makes a process that calls, and then a thread that does.
    await input.write(new Uint8Array(1));
    await output.read();
    const threads = new Map<number, number[]>();
    const processes = new Map<number, number[]>();
    let isEnding = false;
    for await (const event of observation.events()) {
      const numbers = callNumbers([event]);
      const tasks = event.pid === child.pid ? threads : processes;
      const known = tasks.get(event.tid) ?? [];
      tasks.set(event.tid, known);
      known.push(...numbers);
      if (isEnding || !threads.values().some((it) => it[0] === 900_000_000)) {
        continue;
      }
      isEnding = true;
      await input.close();
    }
    assertEquals(observation.lost, 0);
    const calls = [...threads.values()].filter(({ length }) => length > 0);
    const firsts = calls.map(([first]) => first).toSorted((a, b) => a! - b!);
    assertEquals(firsts, [0, 1_000_000, 2_000_000, 900_000_000]);
    const [made] = [...processes.values()].filter(({ length }) => length > 0);
    assertEquals(made, Array.from({ length: 1000 }, (_, i) => 500_000_000 + i));
  },
);

testWith("attach() observes until it is stopped, and then no more", [
  perfEvents,
], async () => {
  await using child = spawn("sh", {
    args: ["-c", "while :; do umask 0; done"],
  });
  let count = 0;
  {
    using observation = attach(child.pid);
    for (const batch of observation) {
      count += batch.length;
      if (count > 1000) observation.stop();
    }
  }
  assert(count > 1000);
  // It goes on, and can be observed again.
  using again = attach(child.pid);
  const [event] = again.events();
  assertEquals(event!.pid, child.pid);
});

testWith(
  "attach() ends with what is observed, also by a signal",
  [perfEvents],
  async () => {
    await using child = spawn("sleep", { args: ["60"] });
    using observation = attach(child.pid);
    child.kill("SIGKILL");
    const events: ObservedEvent[] = [];
    for await (const event of observation.events()) events.push(event);
    assertEquals(events.at(-1)!.kind, "end");
  },
);

testWith("attach() says that there is no such process", [perfEvents], () => {
  const error = assertThrows(() => attach(2 ** 30), SystemError);
  assertEquals(
    error.message,
    "Cannot observe process 1073741824: there is no such process: ESRCH",
  );
});

Deno.test("attach() refuses what is no process number", () => {
  for (const pid of [0, -1, 1.5, NaN, 2 ** 31]) {
    assertThrows(
      () => attach(pid),
      RangeError,
      `Cannot observe process ${pid}: expected an integer from 1 to 2^31 - 1`,
    );
  }
});

Deno.test("attach() refuses options that there are not", () => {
  const options = { ringsize: 4096 } as RingOptions;
  assertThrows(
    () => attach(Deno.pid, options),
    TypeError,
    'Cannot use the option "ringsize": there is none of that name',
  );
});
