import {
  type OptionNames,
  refuseUnknownOptions,
} from "@procctl/exec/option-names";
import { readDirectory, SystemError } from "@procctl/libc";
import { interrupt, seize } from "./_attach_requests.ts";
import { checkTid } from "./_check.ts";
import { Engine } from "./_engine.ts";
import { detachAll } from "./_give_up.ts";
import { unlessGone } from "./_gone.ts";
import { isOwnChild } from "./_left_ends.ts";
import { isTracee } from "./_tracees.ts";
import { readStatus } from "./_proc_status.ts";
import { SyscallSelection } from "./_syscall_selection.ts";
import { Trace } from "./_trace.ts";
import type { Task } from "./_task.ts";
import { traceFlags } from "./_trace_flags.ts";
import type { TracerAttachOptions } from "./tracer_options.ts";

/** The first process of a namespace. */
const INIT = 1;

/** Attaches to a process, or to one thread, and starts a trace of it. */
export function startAttach(pid: number, options: TracerAttachOptions): Trace {
  refuseUnknownOptions(options, ATTACH_OPTIONS);
  const {
    follow = "all",
    syscalls,
    idle,
    exitKill = false,
    signal,
    threads = true,
  } = options;
  checkTid(pid);
  const selection = syscalls && new SyscallSelection(syscalls);
  const process = readStatus(pid)?.process ?? pid;
  if (exitKill && process === INIT) {
    throw new TypeError(
      `Cannot attach to process ${INIT} with exitKill: nobody in its namespace can kill it`,
    );
  }
  const owned = isOwnChild(process) ? process : 0;
  const hasOthers = !threads || follow === "none";
  const tellsEnding = hasOthers || owned !== 0;
  const flags = traceFlags(follow, { exitKill, tellsEnding });
  signal?.throwIfAborted();
  const engine = new Engine(threads ? process : pid, {
    threadsOnly: follow === "threads",
    selection,
    isFiltered: false,
    risks: { owned, hasOthers },
    idle,
  });
  try {
    seize(pid, flags);
    const task = engine.machine.add(pid, process);
    if (threads) seizeOthers(engine, task, flags);
  } catch (error) {
    detachAll(engine);
    throw error;
  }
  // From the stop that follows on, their system calls are told.
  for (const tid of engine.machine.tasks.keys()) {
    unlessGone(() => interrupt(tid));
  }
  return new Trace({
    engine,
    exitKill,
    keeps: undefined,
    signal,
    ended: () => {},
  });
}

/** The options that there are. */
const ATTACH_OPTIONS: OptionNames<TracerAttachOptions> = {
  follow: true,
  syscalls: true,
  exitKill: true,
  idle: true,
  signal: true,
  threads: true,
};

/** Seizes the threads of a process, until there are no new ones. */
function seizeOthers(engine: Engine, first: Task, flags: number): void {
  const { tasks } = engine.machine;
  const { pid: process } = first;
  let found = true;
  while (found) {
    found = false;
    for (const tid of threadsOf(process)) {
      if (tasks.has(tid) || !seizeThread(tid, flags)) continue;
      const task = engine.machine.add(tid, process);
      task.space = first.space.join(tid);
      found = true;
    }
  }
}

/**
 * @returns Whether it was seized; not if it has ended, or is traced already as
 * one that was seized has made it, which will be told.
 */
function seizeThread(tid: number, flags: number): boolean {
  try {
    seize(tid, flags);
    return true;
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    const status = readStatus(tid);
    const hasEnded = status === undefined || /[ZX]/.test(status.state);
    if (hasEnded || isTracee(tid)) return false;
    throw error;
  }
}

function threadsOf(process: number): number[] {
  return unlessGone(() => readDirectory(`/proc/${process}/task`))
    ?.map((name) => Number(new TextDecoder().decode(name))) ?? [];
}
