import { listen } from "./_attach_requests.ts";
import { cont } from "./_resume_requests.ts";
import { PTRACE_EVENT_EXEC } from "./constants.ts";
import { waitFor } from "./wait.ts";

const SIGTRAP = 5;

/**
 * Lets a seized child that was let through its gate go on to its exec, at which
 * it is stopped then.
 *
 * @returns How it ended, if it did before.
 */
export function toExec(pid: number): string | undefined {
  for (;;) {
    const status = waitFor(pid);
    switch (status.kind) {
      case "event":
        if (status.event === PTRACE_EVENT_EXEC) return undefined;
        // Somebody stopped it: then it goes on when somebody says so.
        if (status.signal === SIGTRAP) cont(pid);
        else listen(pid);
        break;
      case "stopped":
        cont(pid, status.signal);
        break;
      case "exited":
        return `with status ${status.code}`;
      case "signaled":
        return `by signal ${status.signal}`;
    }
  }
}
