import { assert, assertEquals, assertRejects } from "@std/assert";
import { spawn } from "@procctl/spawn";
import { patience, runDeno, testWith, tool } from "@procctl/testing";
import { Tracer, type TracerEvent } from "./mod.ts";
import { readStatus } from "./_proc_status.ts";
import { tracees } from "./_tracees.ts";
import {
  argvOf,
  checkStory,
  inShort,
  only,
  play,
  traceesSince,
} from "./_testing_tracer.ts";

const gcc = [tool("gcc")];

function start(scenario: string): Tracer {
  const [program, ...args] = argvOf(scenario);
  return Tracer.spawn(program, { args, stdout: "null" });
}

async function told(tracer: Tracer): Promise<TracerEvent[]> {
  const events: TracerEvent[] = [];
  for await (const event of tracer) events.push(event.copy());
  checkStory(events, tracer.pid);
  return events;
}

/** Whether a task is about to sleep, for longer than a test lasts. */
function isSleep(event: TracerEvent): boolean {
  return event.kind === "syscall-enter" && /sleep/.test(event.name);
}

testWith("for await tells what a plain loop tells", gcc, async () => {
  for (const scenario of ["handlers", "traps", "restart", "queue"]) {
    const ofOne = (events: TracerEvent[], pid: number) =>
      events.filter(({ tid }) => tid === pid).map(inShort)
        // Addresses, and numbers of tasks.
        .map((text) => text.replace(/ \d{3,}$/, ""));
    const sync = play(scenario);
    const tracer = start(scenario);
    const events = await told(tracer);
    assertEquals(
      ofOne(events, tracer.pid),
      ofOne(sync.events, sync.tracer.pid),
    );
  }
});

Deno.test("timers fire while it is waited for events, and while there are many", async () => {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 10);
  const script =
    "i=0; while [ $i -lt 3000 ]; do [ -e / ]; i=$((i+1)); done; sleep 0.2";
  const tracer = Tracer.spawn("sh", { args: ["-c", script] });
  let whileBusy = 0;
  for await (const event of tracer) {
    if (event.kind === "new-task") whileBusy = ticks;
  }
  clearInterval(timer);
  assert(whileBusy > 0, "none while it was busy");
  assert(ticks > whileBusy, "none while it slept");
});

Deno.test("piped streams are read while a program is traced", async () => {
  const script = "head -c 300000 /dev/zero; cat";
  const tracer = Tracer.spawn("sh", {
    ...{ args: ["-c", script], stdin: "piped", stdout: "piped" },
  });
  const output = tracer.child!.output();
  const writer = tracer.child!.stdin.getWriter();
  writer.write(new TextEncoder().encode("the end")).then(() => writer.close());
  for await (const _event of tracer);
  const { stdout, code } = await output;
  assertEquals([stdout.length, code], [300_007, 0]);
});

Deno.test("children of Deno.Command and spawn() keep their statuses, however long it takes", () => {
  const source = `
    import { spawn } from "@procctl/spawn";
    import { Tracer } from "@procctl/ptrace";
    const isAsync = Deno.args[0] === "async";
    const others = [];
    const start = (i) => {
      const args = ["-c", "sleep 0.0" + i % 10 + "; exit " + i];
      others.push(i % 2 === 0
        ? new Deno.Command("sh", { args }).spawn().status
        : spawn("sh", { args }).status);
    };
    for (let i = 0; i < 20; i++) start(i);
    const script = "for i in 1 2 3 4 5; do /bin/sh -c 'sleep 0.02; /bin/true'; done";
    const tracer = Tracer.spawn("sh", { args: ["-c", script] });
    let exits = 0;
    const count = (event) => {
      if (event.kind === "exit") exits++;
      if (event.kind === "new-task") start(others.length);
    };
    if (isAsync) for await (const event of tracer) count(event);
    else for (const event of tracer) count(event);
    const codes = (await Promise.all(others)).map(({ code }) => code);
    console.log(exits, codes.every((code, i) => code === i), codes.length);
  `;
  for (const mode of ["sync", "async"]) {
    const { stdout, stderr } = runDeno(source, {
      args: [mode],
      flags: ["--allow-ffi", "--allow-run"],
    });
    assertEquals([stdout, stderr], ["16 true 35\n", ""], mode);
  }
});

Deno.test("break in for await kills what is traced", async () => {
  const before = tracees();
  const tracer = Tracer.spawn("sleep", { args: ["60"] });
  for await (const event of tracer) if (event.kind === "exec") break;
  assertEquals(tracer.status?.signal, "SIGKILL");
  assertEquals(traceesSince(before), []);
});

Deno.test("a tracer that is disposed of while it waits tells nothing more", async () => {
  const tracer = Tracer.spawn("sleep", { args: ["60"] });
  let last: TracerEvent | undefined;
  for await (const event of tracer) {
    last = event.copy();
    if (!isSleep(event)) continue;
    setTimeout(() => tracer[Symbol.dispose](), 20);
  }
  assertEquals(last && inShort(last), "> clock_nanosleep");
  assertEquals(tracer.status?.signal, "SIGKILL");
});

Deno.test("kill() while it waits tells the end", async () => {
  const tracer = Tracer.spawn("sleep", { args: ["60"] });
  setTimeout(() => tracer.kill(), patience(50));
  const events = await told(tracer);
  assertEquals(inShort(events.at(-1)!), "exit SIGKILL");
});

Deno.test("detach() while it waits lets the program go on", async () => {
  const script = `sleep ${patience(0.2)}; exit 3`;
  const tracer = Tracer.spawn("sh", { args: ["-c", script] });
  setTimeout(() => tracer.detach(), patience(50));
  for await (const event of tracer) assert(event.kind !== "exit");
  assertEquals(tracer.status, undefined);
  assertEquals((await tracer.child!.status).code, 3);
});

Deno.test("detach() from what is no child of this program ends the waiting", async () => {
  const script = "sleep 20 > /dev/null & echo $!; wait";
  await using parent = spawn("sh", {
    ...{ args: ["-c", script], stdout: "piped", session: true },
  });
  const { value } = await parent.stdout.getReader().read();
  const pid = Number(new TextDecoder().decode(value));
  const tracer = Tracer.attach(pid);
  setTimeout(() => tracer.detach(), 50);
  for await (const event of tracer) assert(event.kind !== "exit");
  // It has not come to its end since, and does not stand still.
  assert(/[RSD]/.test(readStatus(pid)?.state ?? "gone"));
  parent.killGroup("SIGKILL");
});

Deno.test("an abort gives the program up, and the loop throws its reason", async () => {
  const before = tracees();
  for (const delay of [0, 50]) {
    const controller = new AbortController();
    const tracer = Tracer.spawn("sleep", {
      ...{ args: ["60"], signal: controller.signal },
    });
    setTimeout(() => controller.abort(new Error("enough")), delay);
    await assertRejects(
      async () => {
        for await (const _event of tracer);
      },
      Error,
      "enough",
    );
    assertEquals(tracer.status?.signal, "SIGKILL");
  }
  assertEquals(traceesSince(before), []);
});

Deno.test("two tracers can be waited for at once", async () => {
  const tracers = [3, 4].map((code) =>
    Tracer.spawn("sh", { args: ["-c", `/bin/true; sleep 0.05; exit ${code}`] })
  );
  const stories = await Promise.all(tracers.map(told));
  assertEquals(tracers.map(({ status }) => status?.code), [3, 4]);
  for (const events of stories) assertEquals(only(events, "exit").length, 3);
});

Deno.test("a program whose trace is waited for by nobody ends with this one", () => {
  const { stdout, code } = runDeno(`
    import { Tracer } from "@procctl/ptrace";
    const tracer = Tracer.spawn("sleep", { args: ["60"] });
    console.log(tracer.pid);
  `);
  assertEquals(code, 0);
  assert(Number(stdout) > 0);
});

Deno.test("a child of spawn() that has ended does not stand in the way", async () => {
  const zombie = spawn("true");
  const tracer = Tracer.spawn("sh", { args: ["-c", "sleep 0.05; /bin/true"] });
  const events = [...tracer].length;
  assert(events > 0);
  assertEquals((await zombie.status).code, 0);
});
