import { lazySymbols } from "@procctl/libc";
import { interrupt, kill as ptraceKill } from "./_attach_requests.ts";
import type { Engine } from "./_engine.ts";
import { unlessGone } from "./_gone.ts";
import type { Task } from "./_task.ts";
import { NOBODY } from "./_task_waiter.ts";

const libc = lazySymbols({
  // int kill(pid_t pid, int sig)
  kill: { parameters: ["i32", "i32"], result: "i32" },
});

const SIGKILL = 9;

/**
 * Kills all processes whose tasks are traced.
 *
 * @returns The error if there is one that does not let itself be killed.
 */
export function killAll({ machine }: Engine): unknown {
  let failure: unknown;
  for (const task of machine.tasks.values()) {
    try {
      killTask(task);
    } catch (error) {
      failure ??= error;
    }
  }
  return failure;
}

/**
 * Kills a task's process. A tracer may kill what it may no longer send signals
 * to, as after it has given up its user; before Linux 5.19 that ends only what
 * is stopped.
 */
function killTask({ pid, tid }: Task): void {
  if (libc.kill(pid, SIGKILL) !== 0) unlessGone(() => ptraceKill(tid));
}

/** Kills all processes, and takes their ends from the kernel: no zombie stays. */
export function killAndReap(engine: Engine): void {
  killAll(engine);
  // What stops all the same is new.
  forEachStop(engine, (task) => {
    killTask(task);
    // What was stopped at its end does not go on by that.
    engine.resume(task);
  });
}

/** Lets all tasks go on untraced. */
export function detachAll(engine: Engine): void {
  for (const task of engine.machine.tasks.values()) {
    // Only a task that is stopped can be detached.
    if (task.state !== "running") engine.leave(task);
    else unlessGone(() => interrupt(task.tid));
  }
  forEachStop(engine, (task) => engine.leave(task));
}

/** Waits until there is no task left; does something about those that stop. */
function forEachStop(engine: Engine, action: (task: Task) => void): void {
  const { machine, waiter } = engine;
  engine.forget();
  while (!engine.isOver()) {
    const tid = engine.wait(() => 0);
    if (tid === NOBODY) return engine.abandon();
    const task = machine.tasks.get(tid)!;
    machine.step(task, waiter.status);
    if (task.state === "ended") engine.bury(task, waiter.status);
    else action(task);
  }
}
