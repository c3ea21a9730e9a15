/**
 * What can be wrong with a process when a public call is made. Each is made by
 * the process itself, in its last moment before the call.
 *
 * @module
 */

import { closeFile, lazySymbols, orErrno, readFile } from "@procctl/libc";
import { becomeUser } from "@procctl/testing";

const libc = lazySymbols({
  dup: { parameters: ["i32"], result: "i32" },
  geteuid: { parameters: [], result: "u32" },
  signal: { parameters: ["i32", "usize"], result: "usize" },
  // int sigaction(int signum, const struct sigaction *act, struct sigaction *)
  sigaction: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  // int timer_create(clockid_t clock, struct sigevent *event, timer_t *id)
  timer_create: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  // int timer_settime(timer_t id, int flags, const struct itimerspec *new,
  //                   struct itimerspec *old)
  timer_settime: {
    parameters: ["usize", "i32", "buffer", "buffer"],
    result: "i32",
  },
  // int prlimit(pid_t pid, int resource, const struct rlimit *new, ...)
  prlimit: { parameters: ["i32", "i32", "buffer", "buffer"], result: "i32" },
});

const RLIMIT_NPROC = 6;
const RLIMIT_NOFILE = 7;
const RLIMIT_AS = 9;
/** V8 ends the process where it cannot have the memory that it needs itself. */
const ROOM = 24n * 1024n * 1024n;
const SIGCHLD = 17;
const SIGWINCH = 28;
const SIG_IGN = 1n;
const SA_RESTART = 0x10000000;
/** The offset of sa_flags in glibc's struct sigaction. */
const SA_FLAGS = 136;

/** Sets both limits of a resource. */
function limit(resource: number, value: bigint): void {
  const limits = new BigUint64Array([value, value]);
  const result = orErrno(libc.prlimit(0, resource, limits, null));
  if (result < 0) throw new Error(`Cannot limit ${resource}: ${result}`);
}

function becomeOrdinary(): void {
  if (libc.geteuid() === 0) becomeUser(54_323);
}

/** Makes a signal come every 200 microseconds, and interrupt what it can. */
function floodWithSignals(): void {
  Deno.addSignalListener("SIGWINCH", () => {});
  const action = new Uint8Array(152);
  libc.sigaction(SIGWINCH, null, action);
  const view = new DataView(action.buffer);
  const flags = view.getInt32(SA_FLAGS, true);
  view.setInt32(SA_FLAGS, flags & ~SA_RESTART, true);
  libc.sigaction(SIGWINCH, action, null);
  // struct sigevent: a value, the signal, and SIGEV_SIGNAL, which is 0.
  const event = new Uint8Array(64);
  new DataView(event.buffer).setInt32(8, SIGWINCH, true);
  const id = new BigUint64Array(1);
  libc.timer_create(1, event, id);
  const interval = new BigInt64Array([0n, 200_000n, 0n, 200_000n]);
  libc.timer_settime(id[0]!, 0, interval, null);
}

/** What is wrong, by its name. */
export const CONDITIONS = {
  "as ever": () => {},
  "with no descriptor left": () => {
    limit(RLIMIT_NOFILE, 1024n);
    while (libc.dup(0) >= 0);
  },
  "with stdio closed": () => {
    for (const fd of [0, 1, 2]) closeFile(fd);
  },
  "with SIGCHLD ignored": () => {
    libc.signal(SIGCHLD, SIG_IGN);
  },
  "in a flood of signals": floodWithSignals,
  "as another user": becomeOrdinary,
  "with no process left": () => {
    becomeOrdinary();
    limit(RLIMIT_NPROC, 1n);
  },
  "with little address space left": () => {
    const status = new TextDecoder().decode(readFile("/proc/self/status"));
    const kilobytes = /^VmSize:\s*(\d+) kB$/m.exec(status)?.[1] ?? "0";
    limit(RLIMIT_AS, BigInt(kilobytes) * 1024n + ROOM);
  },
  // Made by those that start the process.
  "on a full disk": () => {},
  "in a user namespace": () => {},
  "in a user namespace without a map": () => {},
} satisfies Record<string, () => void>;

/** The name of a condition. */
export type Condition = keyof typeof CONDITIONS;

/** How a process is started for a condition that it cannot make itself. */
export const STARTERS: Partial<Record<Condition, readonly string[]>> = {
  "on a full disk": [
    "unshare",
    "--mount",
    "sh",
    "-c",
    'mount -t tmpfs -o size=16k none . && cd "$PWD" && ' +
    'dd if=/dev/zero of=full 2>/dev/null; exec "$@"',
    "sh",
  ],
  "in a user namespace": ["unshare", "--user", "--map-root-user"],
  "in a user namespace without a map": ["unshare", "--user"],
};
