import {
  lazySymbols,
  orErrno,
  SystemError,
  wasInterrupted,
} from "@procctl/libc";

const libc = lazySymbols({
  // int kill(pid_t pid, int sig)
  kill: { parameters: ["i32", "i32"], result: "i32" },
});

const ESRCH = 3;

/**
 * Sends a signal to all processes of a group.
 *
 * @returns Whether there was one.
 * @throws {RangeError} If it is no group: kill(2) takes 0 for the caller's own,
 * and -1 for everybody.
 */
export function signalGroup(group: number, signal: number): boolean {
  if (group <= 1) {
    throw new RangeError(`Cannot send a signal to process group ${group}`);
  }
  const result = orErrno(libc.kill(-group, signal));
  if (result === 0) return true;
  if (result === -ESRCH) return false;
  if (wasInterrupted(result)) return signalGroup(group, signal);
  throw new SystemError(`Cannot send a signal to process group ${group}`, {
    errno: -result,
    syscall: "kill",
  });
}
