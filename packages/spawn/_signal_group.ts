import { lazySymbols, orErrno, SystemError } from "@procctl/libc";

const libc = lazySymbols({
  // int kill(pid_t pid, int sig)
  kill: { parameters: ["i32", "i32"], result: "i32" },
});

const ESRCH = 3;

/**
 * Sends a signal to all processes of a group.
 *
 * @returns Whether there was one.
 */
export function signalGroup(group: number, signal: number): boolean {
  const result = orErrno(libc.kill(-group, signal));
  if (result === 0) return true;
  if (result === -ESRCH) return false;
  throw new SystemError(`Cannot send a signal to process group ${group}`, {
    errno: -result,
    syscall: "kill",
  });
}
