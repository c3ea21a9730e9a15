/**
 * Observing a process that runs already.
 *
 * @module
 */

import {
  type OptionNames,
  refuseUnknownOptions,
} from "@procctl/exec/option-names";
import { readDirectory, SystemError } from "@procctl/libc";
import { checkOptions } from "./_check.ts";
import { describeMachine, onlineCpus } from "./_machine.ts";
import { now, Recorder } from "./_recorder.ts";
import { Observation } from "./_observation.ts";
import type { RingOptions } from "./options.ts";

/** The options that there are. */
const RING_OPTIONS: OptionNames<RingOptions> = {
  ringSize: true,
  maxRingSize: true,
  latency: true,
};

const ENOENT = 2;
const ESRCH = 3;

/**
 * Observes every system call of a process that runs: of all its threads, and of
 * what they make from now on. It does not stop, nor get to know.
 *
 * Children that it has already are not observed. A thread that is made at this
 * very moment may be observed on some processors only, or not at all.
 *
 * @param pid The process.
 * @param options How it is observed.
 * @returns The observation. It ends when all that is observed has ended, or is
 * stopped.
 * @throws {SystemError} If there is no such process (`ESRCH`), or it cannot be
 * observed, which says what is missing and its value.
 * @throws {TypeError} If there is no such option.
 * @throws {RangeError} If the number or an option is out of its range.
 *
 * @example Usage
 * ```ts needs-perf
 * import { attach } from "@procctl/observe";
 * import { spawn } from "@procctl/spawn";
 *
 * const child = spawn("cat", { stdin: "piped" });
 * using observation = attach(child.pid);
 * await child.stdin.close();
 * let last = "";
 * for await (const event of observation.events()) last = event.kind;
 * console.log(last); // prints: end
 * ```
 */
export function attach(pid: number, options: RingOptions = {}): Observation {
  refuseUnknownOptions(options, RING_OPTIONS);
  if (!Number.isInteger(pid) || pid < 1 || pid > 2 ** 31 - 1) {
    throw new RangeError(
      `Cannot observe process ${pid}: expected an integer from 1 to 2^31 - 1`,
    );
  }
  const cpus = onlineCpus();
  const checked = checkOptions(options, cpus.length);
  const machine = describeMachine();
  const recorder = new Recorder(machine, cpus, checked);
  try {
    const startTime = now();
    // Those that a thread makes once it is observed are observed without more.
    for (const tid of threadsOf(pid)) addIfThere(recorder, tid, pid);
    const { latency } = checked;
    const parts = { pid, child: undefined, recorder, machine };
    return new Observation({ ...parts, startTime, latency });
  } catch (error) {
    recorder[Symbol.dispose]();
    throw error;
  }
}

function addIfThere(recorder: Recorder, tid: number, pid: number): void {
  try {
    recorder.add(tid, false);
  } catch (error) {
    const isGone = error instanceof SystemError && error.errno === ESRCH;
    if (!isGone || tid === pid) throw error;
  }
}

function threadsOf(pid: number): number[] {
  try {
    return readDirectory(`/proc/${pid}/task`)
      .map((name) => Number(new TextDecoder().decode(name)));
  } catch (error) {
    if (!(error instanceof SystemError) || error.errno !== ENOENT) throw error;
    throw new SystemError(`Cannot observe process ${pid}`, {
      errno: ESRCH,
      syscall: "perf_event_open",
      reason: "there is no such process",
    });
  }
}
