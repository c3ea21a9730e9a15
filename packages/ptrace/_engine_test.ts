import { assertEquals } from "@std/assert";
import { testWith, tool } from "@procctl/testing";
import { startSpawn } from "./_start_spawn.ts";
import { argvOf, only } from "./_testing_tracer.ts";
import type { TracerEvent } from "./mod.ts";

const CHILDREN = 30;

for (
  const [when, blindLooks] of [
    ["as soon as its maker has told of it", 8],
    ["though its maker does not tell of it", Infinity],
  ] as const
) {
  testWith(
    `a task that is seen before its maker is told with that one, ${when}`,
    [tool("gcc")],
    () => {
      // It is looked for such tasks once another was killed, with a filter. The
      // kernel tells of its own parent's children first: the maker is none.
      const args = ["-c", '"$@"; :', "sh"];
      args.push(...argvOf(`kill-then-fork ${CHILDREN}`));
      const { trace } = startSpawn("sh", { args, syscalls: [] });
      const { tasks } = trace.engine.machine;
      // While a new one stands in front, its maker is not found for a while.
      let blind = 0;
      const keys = tasks.keys.bind(tasks);
      tasks.keys = () => {
        return blind-- > 0 ? new Map<number, never>().keys() : keys();
      };
      const events: TracerEvent[] = [];
      let wasKilled = false;
      for (let event = trace.next(); event; event = trace.next()) {
        events.push(event.copy());
        // Before another was killed nobody but its maker tells of a task.
        const isKilled = event.kind === "exit" && event.signal === "SIGKILL";
        wasKilled ||= isKilled;
        const isNew = wasKilled && event.kind === "new-task";
        if (isKilled || isNew) blind = blindLooks;
      }
      const [maker, ...made] = only(events, "new-task");
      assertEquals(maker?.parent, trace.engine.root);
      const parents = made.map(({ parent }) => parent);
      assertEquals(parents, Array(CHILDREN + 1).fill(maker?.tid));
      assertEquals(only(events, "exit").length, CHILDREN + 3);
    },
  );
}
