import { lazySymbols, orErrno, type Signal, signalName } from "@procctl/libc";
import type { Status } from "./status.ts";

const libc = lazySymbols({
  // int waitid(idtype_t idtype, id_t id, siginfo_t *infop, int options)
  waitid: { parameters: ["i32", "u32", "buffer", "i32"], result: "i32" },
});

const P_PID = 1;
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

/** Asks again and again, until a child has changed its state. */
export async function waitForChange(
  pid: number,
  status: Promise<Status>,
  hasEnded: () => boolean,
): Promise<StateChange> {
  while (!hasEnded()) {
    const change = lookForChange(pid);
    if (change !== undefined) return change;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const pause = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ASK_EVERY);
    });
    await Promise.race([pause, status.catch(() => {})]);
    clearTimeout(timer);
  }
  return { kind: "ended", status: await status };
}

/** Takes a change other than the end from the kernel, if there is one. */
function lookForChange(pid: number): StateChange | undefined {
  const info = new DataView(new ArrayBuffer(SIGINFO_SIZE));
  const options = WSTOPPED | WCONTINUED | WNOHANG;
  const result = orErrno(libc.waitid(P_PID, pid, info, options));
  if (result < 0 || info.getInt32(PID_OFFSET, true) === 0) return undefined;
  if (info.getInt32(CODE_OFFSET, true) === CLD_CONTINUED) {
    return { kind: "continued" };
  }
  const signal = signalName(info.getInt32(STATUS_OFFSET, true)) as Signal;
  return { kind: "stopped", signal };
}
