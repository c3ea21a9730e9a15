import { assert, assertEquals } from "@std/assert";
import { spawn } from "@procctl/spawn";
import { patience, testWith, tool } from "@procctl/testing";
import { readStatus } from "./_proc_status.ts";
import { Running, until } from "./_testing_running.ts";
import { only, play } from "./_testing_tracer.ts";
import { Tracer, type TracerEvent } from "./mod.ts";

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
    await using running = new Running(`exec-after ${patience(300)}`);
    await until(() => running.tids().length === 2);
    const [, tid] = running.tids();
    const events: TracerEvent[] = [];
    for (const event of Tracer.attach(tid!, { threads: false })) {
      events.push(event.copy());
    }
    const [exec] = only(events, "exec");
    assertEquals([exec?.tid, exec?.formerTid], [running.pid, tid]);
    assertEquals(only(events, "exit").map(({ tid }) => tid), [running.pid]);
  },
);

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
