import type { PathLike } from "@procctl/libc";
import { Child, type SpawnOptions, type Status } from "@procctl/spawn";
import type { Step } from "@procctl/spawn/steps";
import { Engine } from "./_engine.ts";
import { currentProcessor, stayOn } from "./_placement.ts";
import { spawnTraced } from "./_spawn_traced.ts";
import { SyscallSelection } from "./_syscall_selection.ts";
import { Trace } from "./_trace.ts";
import { traceFlags } from "./_trace_flags.ts";
import { syscallFilter, syscallFilterStep } from "./syscall_filter.ts";
import type { TracerSpawnOptions } from "./tracer_options.ts";

/** Starts a program, and a trace of it. */
export function startSpawn(
  command: PathLike,
  options: TracerSpawnOptions,
): { trace: Trace; child: Child } {
  const {
    follow = "all",
    syscalls,
    idle,
    exitKill = true,
    signal,
    placement = "none",
    ...spawnOptions
  } = options;
  checkPlacement(placement);
  const selection = syscalls && new SyscallSelection(syscalls);
  const isFiltered = selection !== undefined && follow === "all" && exitKill;
  const hasOthers = follow === "none";
  const flags = traceFlags(follow, {
    exitKill,
    isFiltered,
    tellsEnding: hasOthers,
  });
  const cpu = placement === "same" ? currentProcessor() : undefined;
  signal?.throwIfAborted();
  const { pid, pidfd, pipes } = spawnTraced(
    command,
    withAffinity(spawnOptions, cpu),
    flags,
    isFiltered ? [filterStep(selection)] : [],
  );
  const { promise, resolve } = Promise.withResolvers<Status | undefined>();
  const engine = new Engine(pid, {
    threadsOnly: follow === "threads",
    selection,
    isFiltered,
    risks: { owned: 0, hasOthers },
    idle,
  });
  engine.begin(pid);
  let restore = () => {};
  const trace = new Trace({
    engine,
    exitKill,
    keeps: isFiltered
      ? "its system calls pass a filter that only a tracer answers"
      : undefined,
    signal,
    ended: (status) => {
      restore();
      resolve(status);
    },
  });
  return trace.attempt(() => {
    if (cpu !== undefined) restore = stayOn(cpu);
    const { session = false, processGroup } = spawnOptions;
    const leadsGroup = session || processGroup === 0;
    const child = new Child({
      ...{ pid, pidfd, pipes, leadsGroup, signal: undefined },
      ended: promise,
    });
    return { trace, child };
  });
}

function checkPlacement(
  placement: NonNullable<TracerSpawnOptions["placement"]>,
): void {
  if (placement === "same" || placement === "none") return;
  throw new TypeError(
    `Cannot set placement to ${
      JSON.stringify(placement)
    }: expected "same" or "none"`,
  );
}

/** Tasks are followed wherever they are made: the filter sees to that too. */
function filterStep({ names }: SyscallSelection): Step {
  return syscallFilterStep(syscallFilter(names, { follow: true }));
}

function withAffinity(
  options: SpawnOptions,
  cpu: number | undefined,
): SpawnOptions {
  return cpu === undefined ? options : { ...options, affinity: [cpu] };
}
