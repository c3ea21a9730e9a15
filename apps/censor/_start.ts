import { closeFile, type PathLike, type StringOrBytes } from "@procctl/libc";
import { ptrace } from "@procctl/ptrace";
import { spawnAtGate } from "@procctl/spawn/spawn-at-gate";

const OPTIONS = ptrace.PTRACE_O_TRACESYSGOOD | ptrace.PTRACE_O_TRACEFORK |
  ptrace.PTRACE_O_TRACEVFORK | ptrace.PTRACE_O_TRACECLONE |
  ptrace.PTRACE_O_TRACEEXEC | ptrace.PTRACE_O_TRACEEXIT |
  ptrace.PTRACE_O_EXITKILL;

/**
 * Starts a program, found in PATH, that is traced together with all tasks that
 * it makes.
 *
 * @returns Its number. It is stopped at its exec.
 * @throws {SystemError} If it cannot be executed, or must not be traced.
 */
export function start(
  command: PathLike,
  args: readonly StringOrBytes[],
): number {
  const { child } = spawnAtGate(command, { args });
  using gated = child;
  ptrace.seize(gated.pid, OPTIONS);
  gated.open();
  const { pid, pidfd } = gated;
  const end = toExec(pid);
  // If a step of it failed, this throws.
  gated.executed();
  closeFile(pidfd);
  if (end === undefined) return pid;
  throw new Error(`Cannot start the program: it ended before its exec, ${end}`);
}

/** Lets a child go on to its exec; returns how it ended, if it did before. */
function toExec(pid: number): string | undefined {
  for (;;) {
    const status = ptrace.waitFor(pid);
    switch (status.kind) {
      case "event":
        if (status.event === ptrace.PTRACE_EVENT_EXEC) return undefined;
        if (status.event === ptrace.PTRACE_EVENT_EXIT || status.signal === 5) {
          ptrace.cont(pid);
        } else ptrace.listen(pid);
        break;
      case "stopped":
        ptrace.cont(pid, status.signal);
        break;
      case "exited":
        return `with status ${status.code}`;
      case "signaled":
        return `by signal ${status.signal}`;
    }
  }
}
