/**
 * The steps that each child takes without being told to.
 */

import type { Pipe } from "./_pipe.ts";
import {
  armDeathSignal,
  setDeathSignal,
  setHandlers,
  setMask,
  SIG_DFL,
} from "./_signal_calls.ts";
import type { Step } from "./_step.ts";
import { dispositions, signalMask } from "./_syscall.ts";

/** glibc's own. Its posix_spawn(3) leaves them ignored in what it starts. */
const GLIBC_SIGNALS = [32, 33];
const SIGKILL = 9;

/**
 * Gives the signals that this program handles their default effect: a handler
 * would run in the child, on this program's memory. The exec would do it too,
 * but by then they may no longer be blocked.
 */
export function resetHandlers(): Step {
  const { caught, ignored } = dispositions();
  const leaked = ignored.filter((number) => GLIBC_SIGNALS.includes(number));
  return {
    kind: "plain",
    name: "signalDefault",
    action: "Cannot reset the handlers of signals",
    calls: setHandlers([...caught, ...leaked], SIG_DFL),
  };
}

/** Unblocks the signals that were blocked for the clone alone. */
export function inheritMask(): Step {
  return {
    kind: "mask",
    name: "signalMask",
    action: "Cannot unblock signals",
    calls: [setMask(signalMask())],
  };
}

/**
 * Waits for one byte: the end of the pipe, when nobody can write to it any more,
 * is no leave to go on. The child's own copy of the end that is written to must
 * not keep it from coming.
 */
export function gate({ readEnd, writeEnd }: Pipe): Step {
  return {
    kind: "gate",
    name: "gate",
    action: "Cannot pass the gate",
    calls: [
      { syscall: "close", arguments: [writeEnd] },
      {
        syscall: "read",
        arguments: [readEnd, new Uint8Array(1), 1],
        expected: { least: 1, most: 1 },
      },
      // Its number may be that of a descriptor that the caller has closed.
      { syscall: "close", arguments: [readEnd] },
    ],
  };
}

/** Ends a child at its gate with its parent. */
export function endWithParent(): Step {
  return {
    kind: "plain",
    name: "deathSignal",
    action: "Cannot ask for the end of the parent",
    calls: armDeathSignal(SIGKILL),
  };
}

/** Lets a child that has passed its gate live on. */
export function outliveParent(): Step {
  return {
    kind: "plain",
    name: "deathSignal",
    action: "Cannot ask to outlive the parent",
    calls: [setDeathSignal(0)],
  };
}

/** Ends a command with its supervisor, which would leave it to itself. */
export function endWithSupervisor(): Step {
  return {
    kind: "plain",
    name: "deathSignal",
    action: "Cannot ask for the end of the supervisor",
    calls: [setDeathSignal(SIGKILL)],
  };
}
