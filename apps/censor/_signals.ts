import { lazySymbols, signalNumber } from "@procctl/libc";
import { setrlimit } from "@procctl/rlimit";
import type { Censor, End } from "./_censor.ts";
import { isPending } from "./_next_stop.ts";

const libc = lazySymbols({
  // sighandler_t signal(int signum, sighandler_t handler)
  signal: { parameters: ["i32", "usize"], result: "usize" },
  // int raise(int sig): to this thread, so it has come when it returns
  raise: { parameters: ["i32"], result: "i32" },
  // int kill(pid_t pid, int sig)
  kill: { parameters: ["i32", "i32"], result: "i32" },
  // pid_t getpgid(pid_t pid)
  getpgid: { parameters: ["i32"], result: "i32" },
  // int poll(struct pollfd *fds, nfds_t nfds, int timeout)
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
});

const SIG_DFL = 0n;
const SIG_IGN = 1n;
const SIGCONT = 18;

/** What a terminal sends to all of its foreground, the program among them. */
const FROM_TERMINAL = ["SIGINT", "SIGQUIT", "SIGTSTP", "SIGTTIN", "SIGTTOU"];
/** What is sent to this process and meant for the program. */
const PASSED_ON = ["SIGHUP", "SIGTERM", "SIGUSR1", "SIGUSR2"] as const;

/** How long the SIGCONT of a whole group may take to its last, in ms. */
const SIGCONT_TAKES = 10;

/**
 * Leaves it to the program what signals do, from its start on: those of the
 * terminal reach it by themselves, others are passed on.
 */
export function leaveSignalsTo(censor: Censor, root: number): void {
  for (const name of PASSED_ON) {
    Deno.addSignalListener(name, () => {
      const signal = signalNumber(name);
      if (censor.end === undefined) libc.kill(root, signal);
      else dieBy(signal);
    });
  }
  for (const name of FROM_TERMINAL) libc.signal(signalNumber(name), SIG_IGN);
}

/**
 * Stops this program when all of its process group is stopped that it traces,
 * so that the shell it was started by sees its job stop.
 */
export function stopAsWell(censor: Censor, root: number, signal: number): void {
  const group = libc.getpgid(0);
  for (const { tid, isStopped, isInVfork } of censor.tasks) {
    const counts = tid === root || libc.getpgid(tid) === group;
    if (counts && !isStopped && !isInVfork) return;
  }
  libc.signal(signal, SIG_DFL);
  libc.raise(signal);
  libc.signal(signal, SIG_IGN);
  // It goes on by SIGCONT, which may have been sent to this process alone.
  libc.poll(null, 0n, SIGCONT_TAKES);
  if (!isPending()) libc.kill(root, SIGCONT);
}

/** Ends this program as another has ended. */
export function endAs(end: End): never {
  if (end.kind === "exited") Deno.exit(end.code);
  dieBy(end.signal);
}

function dieBy(signal: number): never {
  // One image of memory is enough, and is not that of Deno.
  setrlimit("core", { soft: 0 });
  libc.signal(signal, SIG_DFL);
  libc.raise(signal);
  // It is blocked, as it was when this program was started.
  Deno.exit(128 + signal);
}
