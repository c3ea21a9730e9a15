import { turn } from "./_pool_wait.ts";
import { letOthersRun } from "./_task_waiter.ts";
import type { Trace } from "./_trace.ts";
import type { TracerEvent } from "./tracer_event.ts";

/** For how many milliseconds events are told without a turn for others. */
const TURN_AFTER = 5;
/** How often it is looked for a stop before a thread of the pool waits for it. */
const LOOKS = 20;
/** How long it waits while a stranger stands in front, in milliseconds. */
const PAUSE = 1;

/** The events of a trace; in the meantime timers fire. */
export async function* asyncEvents(
  trace: Trace,
): AsyncGenerator<TracerEvent, void, undefined> {
  let lastTurn = performance.now();
  try {
    for (;;) {
      let event = trace.poll();
      for (let look = 0; event === "nothing" && look < LOOKS; look++) {
        letOthersRun();
        event = trace.poll();
      }
      if (event === "nothing") trace.engine.idle?.();
      while (event === "nothing") {
        await trace.change();
        lastTurn = performance.now();
        event = trace.poll();
        if (event === "nothing") await pause();
      }
      if (event === undefined) return;
      yield event;
      if (performance.now() - lastTurn < TURN_AFTER) continue;
      await turn();
      lastTurn = performance.now();
    }
  } finally {
    trace.giveUp();
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE));
}
