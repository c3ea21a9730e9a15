import { assert, assertEquals } from "@std/assert";
import { lazySymbols } from "@procctl/libc";
import { spawn } from "@procctl/spawn";
import { runDeno } from "@procctl/testing";
import { Tracer, type TracerEvent } from "./mod.ts";
import { readStatus } from "./_proc_status.ts";
import { startAttach } from "./_start_attach.ts";
import { until } from "./_testing_running.ts";
import { only } from "./_testing_tracer.ts";

const libc = lazySymbols({
  // pid_t waitpid(pid_t pid, int *status, int options)
  waitpid: { parameters: ["i32", "buffer", "i32"], result: "i32" },
  // int kill(pid_t pid, int sig)
  kill: { parameters: ["i32", "i32"], result: "i32" },
});

const SIGCONT = 18;
const SIGKILL = 9;

/** A child that waits for SIGCONT, and then runs a script. */
async function stopped(script: string) {
  const args = ["-c", `kill -STOP $$; ${script}`];
  const child = spawn("sh", { args, session: true });
  await until(() => readStatus(child.pid)?.state === "T");
  return child;
}

/** How a process ended, as a tracer has told. */
function endOf(events: readonly TracerEvent[], pid: number) {
  return only(events, "exit").filter(({ tid }) => tid === pid)
    .map(({ code, signal }) => code ?? signal);
}

for (const mode of ["sync", "async"]) {
  Deno.test(`a child of spawn() that is attached to keeps its status, ${mode}`, async () => {
    await using child = await stopped("/bin/true; exit 3");
    const tracer = Tracer.attach(child.pid);
    child.kill("SIGCONT");
    const events: TracerEvent[] = [];
    if (mode === "async") {
      for await (const event of tracer) events.push(event.copy());
    } else {
      for (const event of tracer) events.push(event.copy());
    }
    assertEquals(endOf(events, child.pid), [3]);
    assertEquals(tracer.status?.code, 3);
    const { code, usage } = await child.status;
    // What it used is known to none but who has waited for it.
    assertEquals([code, usage.peakMemory > 0], [3, true]);
  });

  Deno.test(`a child of Deno.Command that is attached to keeps its status, ${mode}`, () => {
    const { stdout, stderr } = runDeno(
      `
      import { Tracer } from "@procctl/ptrace";
      const isAsync = Deno.args[0] === "async";
      for (let round = 0; round < 10; round++) {
        // It has time enough: it runs on when it is attached to, and reads.
        const child = new Deno.Command("sh", {
          args: ["-c", "read line; /bin/true; exit 3"],
          stdin: "piped",
        }).spawn();
        const tracer = Tracer.attach(child.pid);
        const writer = child.stdin.getWriter();
        await writer.write(new TextEncoder().encode("go on\\n"));
        await writer.close();
        const ends = [];
        const note = (event) => {
          if (event.kind === "exit") ends.push(event.code);
        };
        if (isAsync) for await (const event of tracer) note(event);
        else for (const event of tracer) note(event);
        const { code } = await child.status;
        const told = [...ends.slice(-1), ends.length, tracer.status.code, code];
        if (told.join() !== "3,2,3,3") console.log(told.join());
      }
      console.log("done");
      `,
      { args: [mode], flags: ["--allow-ffi", "--allow-run"] },
    );
    assertEquals([stdout, stderr], ["done\n", ""]);
  });
}

Deno.test("what a child that ends leaves behind is traced on", async () => {
  await using child = await stopped("(read line < /dev/null; exit 5) & exit 3");
  const tracer = Tracer.attach(child.pid);
  child.kill("SIGCONT");
  const events: TracerEvent[] = [];
  for (const event of tracer) events.push(event.copy());
  assertEquals(endOf(events, child.pid), [3]);
  assertEquals(only(events, "exit").map(({ code }) => code).sort(), [3, 5]);
  // While it waits for who started it, it is no task of other tracers, not even
  // of one that looks for what a killed task may have made.
  const args = ["-c", "kill -KILL $$"];
  const others = [...Tracer.spawn("sh", { args, syscalls: [] })];
  assertEquals(others.map(({ kind }) => kind), ["exec", "exit"]);
  assertEquals((await child.status).code, 3);
});

Deno.test("a child that is killed as it is given up keeps its status", async () => {
  await using child = await stopped("exit 3");
  {
    using _tracer = Tracer.attach(child.pid, { exitKill: true });
  }
  const { signal, usage } = await child.status;
  assertEquals([signal, usage.peakMemory > 0], ["SIGKILL", true]);
});

for (const mode of ["sync", "async"]) {
  for (
    const [what, script, end] of [
      ["exits", "sleep 60 & exit 3", 3],
      ["is killed", "sleep 60 & kill -KILL $$", "SIGKILL"],
    ] as const
  ) {
    Deno.test(`the end of a child that ${what} is told if others have taken it, ${mode}`, async () => {
      // As another thread would, or the event loop between two looks.
      const child = await stopped(script);
      const trace = startAttach(child.pid, {});
      const { waiter } = trace.engine;
      const takeFirst = () => {
        while (waiter.fleeting !== 0) {
          const state = readStatus(child.pid)?.state;
          if (state === undefined) return;
          if (state !== "Z") continue;
          assertEquals(libc.waitpid(child.pid, null, 0), child.pid);
        }
      };
      const poll = waiter.poll.bind(waiter);
      waiter.poll = () => (takeFirst(), poll());
      const wait = waiter.wait.bind(waiter);
      waiter.wait = (alone) => (takeFirst(), wait(alone));
      libc.kill(child.pid, SIGCONT);
      const events: TracerEvent[] = [];
      while (endOf(events, child.pid).length === 0) {
        const event = mode === "sync" ? trace.next() : trace.poll();
        if (event === "nothing") await trace.change();
        else events.push(event!.copy());
      }
      assertEquals(endOf(events, child.pid), [end]);
      assert(Number.isNaN(trace.status?.usage.userTime ?? NaN));
      assertEquals(readStatus(child.pid), undefined);
      for (const { pid } of only(events, "new-task")) libc.kill(pid, SIGKILL);
      trace.giveUp();
      assertEquals(trace.status?.code, end === 3 ? 3 : 137);
    });
  }
}
