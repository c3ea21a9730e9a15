/**
 * What a new task has of the one that made it.
 */

import { callName } from "./_abi.ts";
import { unlessGone } from "./_gone.ts";
import type { Birth } from "./_machine.ts";
import type { Call, Task } from "./_task.ts";

const CLONE_VM = 0x100n;
const CLONE_UNTRACED = 0x0080_0000n;

/** The calls that make tasks. */
const CLONES: ReadonlySet<string> = new Set([
  "clone",
  "clone3",
  "fork",
  "vfork",
]);

/**
 * Gives a new task its memory. What was changed of the call that made it is not
 * to be seen in it.
 *
 * @param awaitStop Waits until the new task is stopped.
 */
export function inherit(
  parent: Task,
  { task: child, how }: Birth,
  awaitStop: (tid: number) => void,
): void {
  const { space, call } = parent;
  // A filter does not stop at vfork(2) and fork(2): what is known then is about
  // a call before.
  const flags = parent.inCall ? flagsOf(parent) : undefined;
  const sharesMemory = flags === undefined
    ? how === "vfork"
    : (flags & CLONE_VM) !== 0n;
  const shares = child.pid === parent.pid || sharesMemory;
  const isChanged = call.changes.needsExit;
  if (isChanged || space.isWritten) awaitStop(child.tid);
  if (isChanged) unlessGone(() => call.changes.putBackIn(child.tid));
  child.space = shares
    ? space.join(child.tid)
    : unlessGone(() => space.fork(child.tid)) ?? child.space;
}

/**
 * Lets no child be made that its parent's tracer does not trace: it would have
 * the filter, and nobody who answers to it.
 */
export function refuseUntraced(task: Task): void {
  const flags = flagsOf(task) ?? 0n;
  if ((flags & CLONE_UNTRACED) === 0n) return;
  const { args } = task.call;
  const traced = flags & ~CLONE_UNTRACED;
  if (nameOf(task.call) === "clone") {
    args[0] = traced;
    return;
  }
  const bytes = new Uint8Array(BigUint64Array.of(traced).buffer);
  task.replaceBytes(args[0]!, bytes);
}

/** Whether a call makes tasks. */
export function makesTask(call: Call): boolean {
  return CLONES.has(nameOf(call));
}

/** The flags of a clone(2) or clone3(2); undefined of other calls. */
function flagsOf({ tid, call, space }: Task): bigint | undefined {
  switch (nameOf(call)) {
    case "clone":
      return call.args[0]!;
    case "clone3": {
      const flags = new BigUint64Array(1);
      space.read(tid, call.args[0]!, new Uint8Array(flags.buffer));
      return flags[0]!;
    }
    default:
      return undefined;
  }
}

function nameOf({ auditArch, nr }: Call): string {
  return callName(auditArch, nr);
}
