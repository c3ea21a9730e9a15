/**
 * The steps of a child as the table that the stub walks, and what became of
 * them.
 */

import { type Arena, SystemError } from "@procctl/libc";
import { inheritMask } from "./_implied_steps.ts";
import type { Step } from "./_step.ts";
import { layOut, type Stop, type Table } from "./_table.ts";

/**
 * Steps with what happens before the exec without being asked for: some step,
 * and the caller's mask if none of them sets one. It happens before a filter,
 * which may not allow it.
 */
export function withImplied(
  steps: readonly Step[],
  ...implied: Step[]
): Step[] {
  const hasMask = steps.some(({ kind }) => kind === "mask");
  const place = steps.findIndex(({ kind }) =>
    kind === "filter" || kind === "exec"
  );
  const mask = hasMask ? [] : [inheritMask()];
  return steps.toSpliced(place, 0, ...mask, ...implied);
}

/** Steps as a table, and the error of the one that failed, if one did. */
export function layOutSteps(
  arena: Arena,
  steps: readonly Step[],
): { table: Table; failure: () => SystemError | undefined } {
  const table = layOut(arena, steps.flatMap(({ calls }) => calls));
  return {
    table,
    failure: () => {
      const stop = table.stop();
      return stop && errorOf(steps, stop);
    },
  };
}

function errorOf(
  steps: readonly Step[],
  { index, results }: Stop,
): SystemError {
  const ESRCH = 3;
  let first = 0;
  // One that stops behind the last call could execute nothing.
  const step = steps.find(({ calls, kind }) => {
    if (index < first + calls.length || kind === "exec") return true;
    first += calls.length;
    return false;
  })!;
  const result = results[index] ?? 0;
  const failure = step.failure?.(
    results.slice(first, first + step.calls.length),
    index - first,
  );
  const { action, path } = failure ?? step;
  const reason = seesAsParent(steps) ? failure?.reason?.() : undefined;
  // A call that succeeds, but not as expected, says that the parent has ended:
  // then nobody is there to read this.
  const errno = failure?.errno ?? (result < 0 ? -result : ESRCH);
  return new SystemError(action, { errno, syscall: step.name, path, reason });
}

/** System calls after which a path is to a child what it is to its parent. */
const KEEPS_VIEW: ReadonlySet<string> = new Set([
  "close",
  "close_range",
  "dup3",
  "execve",
  "fcntl",
  "futex",
  "getppid",
  "openat",
  "prctl",
  "prlimit64",
  "read",
  "rt_sigaction",
  "rt_sigprocmask",
  "setpgid",
  "setsid",
  "umask",
]);

/** Whether a child reaches the files that its parent does, as the same user. */
function seesAsParent(steps: readonly Step[]): boolean {
  return steps.every(({ calls }) =>
    calls.every(({ syscall }) => KEEPS_VIEW.has(syscall))
  );
}
