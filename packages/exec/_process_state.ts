/**
 * The state of a process that a program hands on to the next: each function
 * changes one thing, and leaves what puts it back.
 */

import {
  closeFile,
  encodeCString,
  lazySymbols,
  O_DIRECTORY,
  O_PATH,
  openFile,
  orErrno,
  quote,
  readDirectory,
  signalNumber,
  SystemError,
  terminate,
} from "@procctl/libc";
import { setCloseOnExec } from "./_redirect.ts";

const libc = lazySymbols({
  // mode_t umask(mode_t mask)
  umask: { parameters: ["u32"], result: "u32" },
  // int chdir(const char *path)
  chdir: { parameters: ["buffer"], result: "i32" },
  // int fchdir(int fd)
  fchdir: { parameters: ["i32"], result: "i32" },
  // int sigaction(int signum, const struct sigaction *, struct sigaction *)
  sigaction: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  // void *dlsym(void *handle, const char *symbol)
  dlsym: { parameters: ["usize", "buffer"], result: "usize" },
  // int tcgetattr(int fd, struct termios *)
  tcgetattr: { parameters: ["i32", "buffer"], result: "i32" },
  // int tcsetattr(int fd, int actions, const struct termios *)
  tcsetattr: { parameters: ["i32", "i32", "buffer"], result: "i32" },
});

const STDIN = 0;
const TCSANOW = 0;
/** glibc's struct termios. */
const TERMIOS_SIZE = 60;
/** glibc's struct sigaction; all zeros are SIG_DFL, no flags, an empty mask. */
const SIGACTION_SIZE = 152;
const SA_FLAGS_OFFSET = 136;
const SIG_IGN = 1n;
const SA_RESTART = 0x10000000;

/**
 * Takes the terminal out of raw mode, if Deno put it there: the next program
 * would see no echo, no lines and no Ctrl-C.
 */
export function leaveRawMode(undo: DisposableStack): void {
  const raw = new Uint8Array(TERMIOS_SIZE);
  if (libc.tcgetattr(STDIN, raw) !== 0) return;
  // Only Deno knows the mode from before: this gives it back.
  Deno.stdin.setRaw(false);
  const cooked = new Uint8Array(TERMIOS_SIZE);
  libc.tcgetattr(STDIN, cooked);
  if (raw.every((byte, index) => byte === cooked[index])) return;
  undo.defer(() => {
    // Deno has to know that it is raw again; what the program itself may have
    // set beyond Deno's raw mode is in the copy.
    Deno.stdin.setRaw(true);
    libc.tcsetattr(STDIN, TCSANOW, raw);
  });
}

/** Sets the umask. */
export function setUmask(umask: number, undo: DisposableStack): void {
  const before = libc.umask(umask);
  undo.defer(() => {
    libc.umask(before);
  });
}

/** Changes the working directory. */
export function changeDirectory(
  path: Uint8Array,
  undo: DisposableStack,
): void {
  const before = openFile(".", O_PATH | O_DIRECTORY);
  undo.defer(() => closeFile(before));
  const result = orErrno(libc.chdir(terminate(path)));
  if (result < 0) {
    throw new SystemError(`Cannot change to the directory ${quote(path)}`, {
      errno: -result,
      syscall: "chdir",
      path: new TextDecoder().decode(path),
    });
  }
  undo.defer(() => {
    libc.fchdir(before);
  });
}

/** Lets every descriptor from a number on close on exec. */
export function closeDescriptorsFrom(
  first: number,
  undo: DisposableStack,
): void {
  for (const name of readDirectory("/proc/self/fd")) {
    const fd = Number(new TextDecoder().decode(name));
    if (fd >= first) setCloseOnExec(fd, true, undo);
  }
}

/** Gives SIGPIPE, which Deno ignores, its default effect: to end the program. */
export function resetSigpipe(undo: DisposableStack): void {
  const sigpipe = signalNumber("SIGPIPE");
  const before = new Uint8Array(SIGACTION_SIZE);
  libc.sigaction(sigpipe, new Uint8Array(SIGACTION_SIZE), before);
  undo.defer(() => {
    libc.sigaction(sigpipe, before, null);
  });
}

/**
 * Lets SIGXFSZ, which ends a program that writes beyond its limit, do nothing
 * until a program is executed: Deno writes its caches from other threads, at any
 * time. A signal that is ignored would stay so in the new program; one that is
 * caught gets its default effect. What catches it is a function of libc's that
 * takes a number and does nothing else.
 */
export function catchSigxfsz(undo: DisposableStack): void {
  const sigxfsz = signalNumber("SIGXFSZ");
  const before = new Uint8Array(SIGACTION_SIZE);
  libc.sigaction(sigxfsz, null, before);
  if (new DataView(before.buffer).getBigUint64(0, true) === SIG_IGN) return;
  const action = new DataView(new ArrayBuffer(SIGACTION_SIZE));
  const handler = libc.dlsym(0n, encodeCString("abs", "symbol"));
  action.setBigUint64(0, handler, true);
  action.setInt32(SA_FLAGS_OFFSET, SA_RESTART, true);
  libc.sigaction(sigxfsz, action, null);
  undo.defer(() => {
    // One that was sent and has not arrived yet is gone once it is ignored.
    const ignore = new BigUint64Array(SIGACTION_SIZE / 8);
    ignore[0] = SIG_IGN;
    libc.sigaction(sigxfsz, ignore, null);
    libc.sigaction(sigxfsz, before, null);
  });
}
