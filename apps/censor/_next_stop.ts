import { lazySymbols } from "@procctl/libc";
import { __WALL, waitForAny, type WaitStatus, WNOHANG } from "@procctl/ptrace";

// int waitid(idtype_t idtype, id_t id, siginfo_t *infop, int options)
const waitid = {
  name: "waitid",
  parameters: ["i32", "u32", "buffer", "i32"],
  result: "i32",
} as const;
const libc = lazySymbols({
  waitid,
  waitidOnPool: { ...waitid, nonblocking: true },
});

const P_ALL = 0;
const WSTOPPED = 2;
const WEXITED = 4;
const WNOWAIT = 0x01000000;
const PEEK = WEXITED | WSTOPPED | WNOWAIT | __WALL;

const SIGINFO_SIZE = 128;
const PID_INDEX = 4;

/** How often it asks before it leaves the thread to others. */
const TRIES = 50;
/** After so many stops in a row signals of this program get their turn. */
const STOPS_IN_A_ROW = 200;
let stopsInARow = 0;

const peeked = new Int32Array(new ArrayBuffer(SIGINFO_SIZE));

/** Whether something has become of a child that was not waited for. */
export function isPending(): boolean {
  peeked[PID_INDEX] = 0;
  libc.waitid(P_ALL, 0, peeked, PEEK | WNOHANG);
  return peeked[PID_INDEX] !== 0;
}

/**
 * Waits for the first of several tracees, and lets this program's own signals
 * be listened to meanwhile.
 */
export async function nextStop(
  tids: ReadonlySet<number>,
): Promise<WaitStatus> {
  let tries = stopsInARow++ < STOPS_IN_A_ROW ? TRIES : 0;
  while (tries > 0 && !isPending()) tries--;
  if (tries === 0) {
    stopsInARow = 0;
    // It tells when there is something, and takes nothing.
    await libc.waitidOnPool(P_ALL, 0, new Uint8Array(SIGINFO_SIZE), PEEK);
  }
  return waitForAny(tids);
}
