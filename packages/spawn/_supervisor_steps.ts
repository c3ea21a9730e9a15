/**
 * The steps of a supervisor, and of the command that it starts, which no other
 * child takes.
 *
 * @module
 */

import { plain } from "./_plain_step.ts";
import {
  setHandlers,
  setMask,
  type SIG_DFL,
  type SIG_IGN,
} from "./_signal_calls.ts";
import type { Step } from "./_step.ts";

const AT_EMPTY_PATH = 0x1000;
const F_SETFD = 2;
const PR_SET_CHILD_SUBREAPER = 36;
const SIGCHLD = 17;
const ALL_SIGNALS = 2n ** 64n - 1n;

/** Gets out of reach of what the terminal, or the command, sends to a group. */
export function leaveGroup(): Step {
  return plain("setpgid", "Cannot begin a process group", "setpgid", 0, 0);
}

/** Becomes the parent of what the command's processes leave behind. */
export function adoptOrphans(): Step {
  return plain(
    "prctl",
    "Cannot adopt what a command leaves behind",
    "prctl",
    PR_SET_CHILD_SUBREAPER,
    1,
    0,
    0,
    0,
  );
}

/** Blocks all signals. */
export function blockAll(): Step {
  return {
    kind: "mask",
    name: "signalMask",
    action: "Cannot block signals",
    calls: [setMask(ALL_SIGNALS)],
  };
}

/** Sets the flags of descriptors, such as whether they close on exec. */
export function descriptorFlags(fds: readonly number[], flags: number): Step {
  return {
    kind: "plain",
    name: "fcntl",
    action: "Cannot hand on descriptors",
    calls: fds.map((fd) => ({
      syscall: "fcntl",
      arguments: [fd, F_SETFD, flags],
    })),
  };
}

/** Sets what SIGCHLD does. */
export function signalChild(handler: typeof SIG_DFL | typeof SIG_IGN): Step {
  return {
    kind: "plain",
    name: "signalDefault",
    action: "Cannot set what SIGCHLD does",
    calls: setHandlers([SIGCHLD], handler),
  };
}

/** Waits until a number in memory is 0. */
export function waitAtGate(gate: bigint): Step {
  const FUTEX_WAIT = 0;
  const EAGAIN = 11;
  return {
    kind: "gate",
    name: "gate",
    action: "Cannot pass the gate",
    calls: [{
      syscall: "futex",
      arguments: [gate, FUTEX_WAIT, 1, 0],
      onError: new Map([[EAGAIN, 1]]),
    }],
  };
}

/** Executes the program that a descriptor is of. */
export function executeDescriptor(fd: number): Step {
  return {
    kind: "exec",
    name: "execveat",
    action: "Cannot execute the supervisor",
    calls: [{
      syscall: "execveat",
      arguments: [
        fd,
        new Uint8Array(1),
        (arena) =>
          arena.cStringVector([new TextEncoder().encode("procctl-supervisor")]),
        (arena) => arena.cStringVector([]),
        AT_EMPTY_PATH,
      ],
    }],
  };
}
