import { lazySymbols, type Signal, signalName } from "@procctl/libc";
import type { Status } from "./status.ts";

const libc = lazySymbols({
  // int waitid(idtype_t idtype, id_t id, siginfo_t *infop, int options)
  waitid: { parameters: ["i32", "u32", "buffer", "i32"], result: "i32" },
});

const P_PIDFD = 3;
const WNOHANG = 1;
const WSTOPPED = 2;
const WCONTINUED = 8;
const CLD_CONTINUED = 6;
/** siginfo_t, and where it tells what happened, to whom, by which signal. */
const SIGINFO_SIZE = 128;
const CODE_OFFSET = 8;
const PID_OFFSET = 16;
const STATUS_OFFSET = 24;

const ASK_EVERY = 10;

/** What became of a child: it ended, was stopped by a signal, or continued. */
export type StateChange =
  | { kind: "ended"; status: Status }
  | { kind: "stopped"; signal: Signal }
  | { kind: "continued" };

/**
 * Asks again and again, until a child has changed its state.
 *
 * @param pidfd Its pidfd; -1 once it has ended.
 */
export async function waitForChange(
  pidfd: () => number,
  status: Promise<Status>,
): Promise<StateChange> {
  while (pidfd() !== -1) {
    const change = lookForChange(pidfd());
    if (change !== undefined) return change;
    await Promise.race([pause(), status.catch(() => {})]);
  }
  return { kind: "ended", status: await status };
}

/** A while that does not keep the program alive: that is the child's affair. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    Deno.unrefTimer(setTimeout(resolve, ASK_EVERY));
  });
}

/** Takes a change other than the end from the kernel, if there is one. */
function lookForChange(pidfd: number): StateChange | undefined {
  const info = new DataView(new ArrayBuffer(SIGINFO_SIZE));
  const options = WSTOPPED | WCONTINUED | WNOHANG;
  const result = libc.waitid(P_PIDFD, pidfd, info, options);
  if (result < 0 || info.getInt32(PID_OFFSET, true) === 0) return undefined;
  if (info.getInt32(CODE_OFFSET, true) === CLD_CONTINUED) {
    return { kind: "continued" };
  }
  const signal = signalName(info.getInt32(STATUS_OFFSET, true)) as Signal;
  return { kind: "stopped", signal };
}
