/**
 * Observing a command from its exec on.
 *
 * @module
 */

import { closeFile, type PathLike } from "@procctl/libc";
import { letThrough } from "@procctl/spawn/let-through";
import { spawnAtGate } from "@procctl/spawn/spawn-at-gate";
import { checkOptions } from "./_check.ts";
import { describeMachine, onlineCpus } from "./_machine.ts";
import { now, Recorder } from "./_recorder.ts";
import { Observation } from "./_observation.ts";
import type { ObserveOptions } from "./options.ts";

/**
 * Starts a program, and observes every system call of it and of all that it
 * makes, from its first instruction on.
 *
 * The program is never stopped. The kernel writes what it does to a ring for
 * each processor, by the tracepoints `raw_syscalls:sys_enter` and `sys_exit`;
 * the observation reads it from there. So what calls' arguments point to, such
 * as names of files, is not told, and nothing can be changed: that is what
 * `@procctl/ptrace` is for.
 *
 * The first event is the `"exec"` of the program. Then its `execve` returns,
 * whose begin was not observed.
 *
 * It takes root or `CAP_PERFMON`, or a `kernel.perf_event_paranoid` of -1; and
 * tracefs, mounted and readable, or the permission to mount it.
 *
 * @param command The program: its name, or a path with a slash.
 * @param options How it is started and observed.
 * @returns The observation.
 * @throws {SystemError} If it cannot be observed, which says what is missing
 * and its value, or not be started. There is no child then.
 * @throws {TypeError} If an option cannot be used.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts needs-perf
 * import { observe } from "@procctl/observe";
 * import { Summary } from "@procctl/observe/summary";
 *
 * using observation = observe("true");
 * const summary = new Summary();
 * for await (const batch of observation) summary.add(batch);
 * const execve = summary.calls().find(({ name }) => name === "execve");
 * console.log(execve?.calls, execve?.errors); // prints: 1 0
 * ```
 */
export function observe(
  command: PathLike,
  options: ObserveOptions = {},
): Observation {
  const { ringSize, maxRingSize, latency, ...spawnOptions } = options;
  const cpus = onlineCpus();
  const checked = checkOptions({ ringSize, maxRingSize, latency }, cpus.length);
  spawnOptions.signal?.throwIfAborted();
  const machine = describeMachine();
  const recorder = new Recorder(machine, cpus, checked);
  try {
    const gated = spawnAtGate(command, spawnOptions);
    const { pid } = gated.child;
    try {
      recorder.add(pid, true);
    } catch (error) {
      gated.child[Symbol.dispose]();
      for (const fd of gated.pipes.values()) closeFile(fd);
      throw error;
    }
    const startTime = now();
    const child = letThrough(gated, spawnOptions);
    const { latency } = checked;
    const parts = { pid, child, recorder, machine };
    return new Observation({ ...parts, startTime, latency });
  } catch (error) {
    recorder[Symbol.dispose]();
    throw error;
  }
}
