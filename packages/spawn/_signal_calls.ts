import type { Call } from "./_step.ts";

/** What a signal can do other than to run a handler. */
export const SIG_DFL = 0;
export const SIG_IGN = 1;

const SIG_SETMASK = 2;
/** The kernel's sigset_t. */
const SIGSET_SIZE = 8;
/** The kernel's struct sigaction: handler, flags, restorer, mask. */
const SIGACTION_SIZE = 32;

/** Sets what signals do, by their numbers. */
export function setHandlers(
  numbers: readonly number[],
  handler: typeof SIG_DFL | typeof SIG_IGN,
): Call[] {
  const action = new Uint8Array(SIGACTION_SIZE);
  action[0] = handler;
  return numbers.map((number) => ({
    syscall: "rt_sigaction",
    arguments: [number, action, 0, SIGSET_SIZE],
  }));
}

/** Sets which signals are blocked: a bit for each, the lowest for signal 1. */
export function setMask(mask: bigint): Call {
  return {
    syscall: "rt_sigprocmask",
    arguments: [
      SIG_SETMASK,
      new Uint8Array(new BigUint64Array([mask]).buffer),
      0,
      SIGSET_SIZE,
    ],
  };
}

const PR_SET_PDEATHSIG = 1;

/** Arms a signal for the end of the parent's thread. */
export function armDeathSignal(signal: number): Call[] {
  return [
    setDeathSignal(signal),
    // A parent that has ended before is not noticed by the line above.
    {
      syscall: "getppid",
      arguments: [],
      expected: { least: Deno.pid, most: Deno.pid },
    },
  ];
}

/** Sets the signal for the end of the parent's thread; 0 for none. */
export function setDeathSignal(signal: number): Call {
  return { syscall: "prctl", arguments: [PR_SET_PDEATHSIG, signal, 0, 0, 0] };
}
