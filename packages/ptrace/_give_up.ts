import { lazySymbols, orErrno, SystemError } from "@procctl/libc";
import { interrupt } from "./_attach_requests.ts";
import type { Engine } from "./_engine.ts";
import { unlessGone } from "./_gone.ts";
import type { Task } from "./_task.ts";
import { NOBODY } from "./_task_waiter.ts";

const libc = lazySymbols({
  // int kill(pid_t pid, int sig)
  kill: { parameters: ["i32", "i32"], result: "i32" },
});

const SIGKILL = 9;
const ESRCH = 3;

/**
 * Sends SIGKILL to all processes whose tasks are traced.
 *
 * @returns The error if there is one that it cannot be sent to.
 */
export function killAll({ machine }: Engine): SystemError | undefined {
  const pids = new Set([...machine.tasks.values()].map(({ pid }) => pid));
  let failure: SystemError | undefined;
  for (const pid of pids) {
    const result = orErrno(libc.kill(pid, SIGKILL));
    if (result === 0 || result === -ESRCH) continue;
    const reason = { errno: -result, syscall: "kill" };
    failure ??= new SystemError(`Cannot kill process ${pid}`, reason);
  }
  return failure;
}

/** Kills all processes, and takes their ends from the kernel: no zombie stays. */
export function killAndReap(engine: Engine): void {
  killAll(engine);
  // What stops all the same is new.
  forEachStop(engine, (task) => {
    libc.kill(task.pid, SIGKILL);
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
