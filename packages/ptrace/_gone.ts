import { SystemError } from "@procctl/libc";

const ENOENT = 2;
const ESRCH = 3;

/**
 * For the error of a request: any can fail as SIGKILL spares nobody. The task's
 * end will be told.
 *
 * @throws {unknown} What is another error.
 */
export function undefinedIfGone(error: unknown): undefined {
  const isGone = error instanceof SystemError &&
    (error.errno === ESRCH || error.errno === ENOENT);
  if (!isGone) throw error;
}

/** Does something with a task, unless it was killed. */
export function unlessGone<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    return undefinedIfGone(error);
  }
}
