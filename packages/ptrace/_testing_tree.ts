import { SystemError } from "@procctl/libc";
import { syscallName } from "@procctl/syscalls";
import * as ptrace from "@procctl/ptrace/requests";
import type { Tracee } from "./_testing.ts";

const SIGTRAP = 5;

/** The options with which {@linkcode traceTree} sees all tasks. */
export const FOLLOW: number = ptrace.PTRACE_O_TRACESYSGOOD |
  ptrace.PTRACE_O_TRACEFORK | ptrace.PTRACE_O_TRACEVFORK |
  ptrace.PTRACE_O_TRACECLONE | ptrace.PTRACE_O_TRACEEXEC;

/** One stop, or the end, of a task. */
export interface Seen {
  tid: number;
  /**
   * Such as `enter read`, `exit read 5`, `signal 14`, `group-stop 19`, `exec`,
   * `new task`, `exited 0`, `signaled 9`.
   */
  what: string;
}

/**
 * What the tasks of a tracee do, all of them, to the end of the last. They are
 * started with {@linkcode FOLLOW}.
 *
 * @param onSignal What a task gets in the place of a signal; by default the same.
 */
export function traceTree(
  { pid }: Tracee,
  onSignal: (signal: number, tid: number) => number = (signal) => signal,
): Seen[] {
  const info = new ptrace.SyscallInfo();
  const tids = new Set([pid]);
  const calls = new Map<number, string>();
  const seen: Seen[] = [];
  const seeCall = (tid: number) => {
    if (!unlessGone(() => ptrace.getSyscallInfo(tid, info))) return;
    if (info.kind === "entry") calls.set(tid, syscallName(info.nr));
    const result = info.kind === "exit" ? ` ${info.rval}` : "";
    const kind = info.kind === "entry" ? "enter" : info.kind;
    seen.push({ tid, what: `${kind} ${calls.get(tid)}${result}` });
  };
  ptrace.syscall(pid);
  while (tids.size > 0) {
    const status = ptrace.waitForAny(tids);
    const tid = status.pid;
    const see = (what: string) => seen.push({ tid, what });
    tids.add(tid);
    let signal = 0;
    switch (status.kind) {
      case "exited":
        see(`exited ${status.code}`);
        tids.delete(tid);
        continue;
      case "signaled":
        see(`signaled ${status.signal}`);
        tids.delete(tid);
        continue;
      case "syscall-stop":
        seeCall(tid);
        break;
      case "stopped":
        see(`signal ${status.signal}`);
        signal = onSignal(status.signal, tid);
        break;
      case "event":
        if (status.event === ptrace.PTRACE_EVENT_EXEC) see("exec");
        else if (status.event !== ptrace.PTRACE_EVENT_STOP) see("new task");
        else if (status.signal !== SIGTRAP) {
          see(`group-stop ${status.signal}`);
          ptrace.listen(tid);
          continue;
        }
    }
    unlessGone(() => ptrace.syscall(tid, signal));
  }
  return seen;
}

/** Makes a request, unless SIGKILL came before it. */
function unlessGone<T>(request: () => T): T | undefined {
  try {
    return request();
  } catch (error) {
    if (error instanceof SystemError && error.code === "ESRCH") return;
    throw error;
  }
}

/** What one task did. */
export function of(seen: readonly Seen[], tid: number): string[] {
  return seen.filter((it) => it.tid === tid).map(({ what }) => what);
}
