import { quote, SystemError } from "@procctl/libc";

/** The error of a file that could not be executed. */
export function executionError(
  path: Uint8Array,
  errno: number,
  reason?: string,
): SystemError {
  return new SystemError(`Cannot execute ${quote(path)}`, {
    errno,
    syscall: "execve",
    path: new TextDecoder().decode(path),
    reason,
  });
}
