import {
  PTRACE_O_EXITKILL,
  PTRACE_O_TRACECLONE,
  PTRACE_O_TRACEEXEC,
  PTRACE_O_TRACEEXIT,
  PTRACE_O_TRACEFORK,
  PTRACE_O_TRACESECCOMP,
  PTRACE_O_TRACESYSGOOD,
  PTRACE_O_TRACEVFORK,
} from "./constants.ts";
import type { TracerOptions } from "./tracer_options.ts";

const FOLLOW: Readonly<Record<NonNullable<TracerOptions["follow"]>, number>> = {
  none: 0,
  // The event of a thread is that of a process which does not send SIGCHLD.
  threads: PTRACE_O_TRACECLONE,
  all: PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK,
};

/**
 * The `PTRACE_O_*` of a trace.
 *
 * @throws {TypeError} If `follow` is none of its three values.
 */
export function traceFlags(
  follow: NonNullable<TracerOptions["follow"]>,
  { exitKill = false, isFiltered = false, tellsEnding = false },
): number {
  if (!Object.hasOwn(FOLLOW, follow)) {
    throw new TypeError(
      `Cannot follow "${follow}": expected "none", "threads" or "all"`,
    );
  }
  return PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | FOLLOW[follow] |
    (exitKill ? PTRACE_O_EXITKILL : 0) |
    (tellsEnding ? PTRACE_O_TRACEEXIT : 0) |
    (isFiltered ? PTRACE_O_TRACESECCOMP : 0);
}
