/**
 * System calls that are observed, as decoders take them: nothing can be read of
 * the program's memory.
 *
 * @module
 */

import { ARGS } from "@procctl/observe/batch";
import type { EnterEvent, ExitEvent } from "@procctl/observe/event";
import type { SyscallEventLike } from "./_trace_task.ts";

const NO_ARGS = new BigUint64Array(ARGS);

/**
 * The begin of a call, with its arguments.
 *
 * @param args Takes the arguments; one that is used again saves time.
 */
export function observedEnter(
  event: EnterEvent,
  args = new BigUint64Array(ARGS),
): SyscallEventLike {
  args.set(event.args);
  return withoutMemory(event, args);
}

/** The end of a call that began unseen. */
export function observedExit(event: ExitEvent): SyscallEventLike {
  return withoutMemory(event, NO_ARGS);
}

function withoutMemory(
  { tid, nr, name, abi }: EnterEvent | ExitEvent,
  args: BigUint64Array<ArrayBuffer>,
): SyscallEventLike {
  return {
    ...{ tid, nr, name, args },
    // Its names are known to nobody, so it makes no difference.
    abi: abi === "arm" ? "aarch64" : abi,
    stackPointer: 0n,
    readInto: () => 0,
  };
}
