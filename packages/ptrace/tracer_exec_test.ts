import { assert, assertEquals } from "@std/assert";
import { lazySymbols } from "@procctl/libc";
import { spawn } from "@procctl/spawn";
import { testWith, tool } from "@procctl/testing";
import { readStatus } from "./_proc_status.ts";
import { Running, statesOf, threadsOf, until } from "./_testing_running.ts";
import { argvOf, only, play } from "./_testing_tracer.ts";
import { Tracer, type TracerEvent } from "./mod.ts";

const libc = lazySymbols({
  // int kill(pid_t pid, int sig)
  kill: { parameters: ["i32", "i32"], result: "i32" },
});

const SIGUSR1 = 10;
const gcc = [tool("gcc")];

testWith(
  "the exec of a thread is told while the end of another child waits to be taken",
  gcc,
  async () => {
    const other = spawn("true");
    // With no turn for others: they would take its end.
    while (readStatus(other.pid)?.state !== "Z");
    for (const syscalls of [undefined, ["execve"]]) {
      const options = syscalls === undefined ? {} : { syscalls };
      const { events, tracer } = play("exec-from-thread", options);
      const [, exec] = only(events, "exec");
      assert(exec!.formerTid !== tracer.pid);
      assertEquals(tracer.status?.code, 0);
    }
    assertEquals((await other.status).code, 0);
  },
);

testWith(
  "the exec of a thread is told where only that thread is traced",
  gcc,
  async () => {
    await using running = new Running("exec-when-asked exit 0");
    await until(() => statesOf(running.tids()) === "SS");
    const [, tid] = running.tids();
    const events: TracerEvent[] = [];
    const tracer = Tracer.attach(tid!, { threads: false });
    running.child.kill("SIGUSR1");
    for (const event of tracer) {
      events.push(event.copy());
    }
    const [exec] = only(events, "exec");
    assertEquals([exec?.tid, exec?.formerTid], [running.pid, tid]);
    assertEquals(only(events, "exit").map(({ tid }) => tid), [running.pid]);
  },
);

for (const mode of ["sync", "async"]) {
  testWith(
    `a thread that is traced alone ends by another's exec, and that is told, ${mode}`,
    gcc,
    async () => {
      const tracers: ((pid: number) => Tracer)[] = [
        (pid) => Tracer.attach(pid, { threads: false }),
        (pid) => Tracer.attach(pid, { threads: false, follow: "none" }),
      ];
      for (const attach of tracers) {
        await using running = new Running("exec-when-asked exit 7");
        await until(() => statesOf(running.tids()) === "SS");
        const tracer = attach(running.pid);
        running.child.kill("SIGUSR1");
        await checkTakenOver(tracer, mode);
        assertEquals(await running.output(), ["", 7]);
      }
    },
  );

  testWith(
    `a program whose first thread alone is traced goes on by another's exec, ${mode}`,
    gcc,
    async () => {
      const [program, ...args] = argvOf("exec-when-asked exit 7");
      await using starter = spawn("sh", {
        ...{ args: ["-c", '"$@" & echo $!; wait $!', "sh", program, ...args] },
        ...{ stdout: "piped", session: true },
      });
      const { value } = await starter.stdout.getReader().read();
      const pid = Number(new TextDecoder().decode(value));
      await until(() => statesOf(threadsOf(pid)) === "SS");
      const tracer = Tracer.attach(pid, { threads: false });
      libc.kill(pid, SIGUSR1);
      await checkTakenOver(tracer, mode);
      assertEquals((await starter.status).code, 7);
    },
  );

  testWith(
    `a program that was started with follow "none" goes on by a thread's exec, ${mode}`,
    gcc,
    async () => {
      const [program, ...args] = argvOf("exec-when-asked exit 7");
      const tracer = Tracer.spawn(program, { args, follow: "none" });
      const asked = (event: TracerEvent) => {
        const isReady = event.kind === "syscall-enter" &&
          /^(pause|ppoll)$/.test(event.name);
        if (isReady) libc.kill(tracer.pid, SIGUSR1);
      };
      await checkTakenOver(tracer, mode, asked);
      assertEquals((await tracer.child!.status).code, 7);
    },
  );
}

testWith(
  "a trace ends with its only thread at another's exec, while the program goes on",
  gcc,
  async () => {
    await using running = new Running("exec-when-asked busy");
    await until(() => statesOf(running.tids()) === "SS");
    const tracer = Tracer.attach(running.pid, { threads: false });
    running.child.kill("SIGUSR1");
    await checkTakenOver(tracer, "async");
    assertEquals(readStatus(running.pid)?.tracer, 0);
    running.child.kill("SIGKILL");
    assertEquals((await running.child.status).signal, "SIGKILL");
  },
);

/** A trace ends with its only thread, which is told, and its process does not. */
async function checkTakenOver(
  tracer: Tracer,
  mode: string,
  onEvent: (event: TracerEvent) => void = () => {},
): Promise<void> {
  const events: TracerEvent[] = [];
  const note = (event: TracerEvent) => {
    onEvent(event);
    events.push(event.copy());
  };
  if (mode === "sync") { for (const event of tracer) note(event); }
  else for await (const event of tracer) note(event);
  const [end] = only(events, "exit");
  assertEquals(events.at(-1), end);
  assertEquals([end?.tid, end?.code], [tracer.pid, 0]);
  assertEquals(tracer.status, undefined);
}

for (const [how, name] of [["exec", "replaces"], ["exit", "ends"]] as const) {
  testWith(
    `what is being made while a thread ${name} its process is told and ends, with a filter too`,
    gcc,
    () => {
      for (let round = 0; round < 24; round++) {
        const options = round % 2 === 0 ? {} : { syscalls: ["execve"] };
        const { tracer } = play(`storm-until ${how} ${20 + round}`, options);
        assertEquals(tracer.status?.code, 7);
      }
    },
  );
}
