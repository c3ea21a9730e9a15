/**
 * Which engine a trace uses.
 *
 * @module
 */

import type { Engine, TraceSettings } from "./_trace_settings.ts";
import { UsageError } from "./_usage_error.ts";

/**
 * Chooses the engine: to observe, where that is possible, is permitted, and
 * gives the same result; or the one that is insisted on.
 */
export async function chooseEngine(settings: TraceSettings): Promise<Engine> {
  const { engine } = settings;
  if (engine === "ptrace") return engine;
  const reason = whyNotObserve(settings);
  if (engine === "observe") {
    if (reason === undefined) return engine;
    throw new UsageError(`Cannot use the engine observe: ${reason}`);
  }
  // A program that gains privileges from another user is observed no longer.
  if (reason !== undefined || settings.user !== undefined) return "ptrace";
  const { findObstacle } = await import("@procctl/observe/obstacle");
  return findObstacle() === undefined ? "observe" : "ptrace";
}

/** What of the command line is more than to observe can do. */
function whyNotObserve(settings: TraceSettings): string | undefined {
  const { form, injections, script, filter, sameCpu, pids, descriptors } =
    settings;
  if (form === "text" || form === "json" || form === "files") {
    return "it reads no strings; add -c, --observe, --timeline or --html";
  }
  if (injections.length > 0) return "it changes nothing; leave out --inject";
  if (script !== undefined) return "it changes nothing; leave out --script";
  if (filter) return "it has no filter; leave out --seccomp-bpf";
  if (sameCpu) return "it takes no turns with COMMAND; leave out --same-cpu";
  if (pids.length > 1) return "it attaches to one process";
  if (form === "observed" && descriptors) {
    return "it is too late to look at descriptors; leave out --decode-fds";
  }
}
