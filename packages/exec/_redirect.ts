import {
  closeFile,
  lazySymbols,
  O_CLOEXEC,
  openFile,
  orErrno,
  quote,
  SystemError,
} from "@procctl/libc";
import type { EncodedStdio } from "./encode_stdio.ts";

const libc = lazySymbols({
  // int fcntl(int fd, int cmd, int arg)
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
  // int dup3(int oldfd, int newfd, int flags)
  dup3: { parameters: ["i32", "i32", "i32"], result: "i32" },
});

const F_GETFD = 1;
const F_SETFD = 2;
const F_DUPFD_CLOEXEC = 1030;
const FD_CLOEXEC = 1;
const FIRST_OTHER = 3;

/** The three standard streams, in the order of their numbers. */
export const STREAMS = ["stdin", "stdout", "stderr"] as const;

/**
 * Makes the standard streams what they are to be for the next program.
 *
 * All sources are opened, or copied to numbers above the standard ones, before
 * any stream is replaced: so streams can be swapped.
 *
 * @param undo Takes what puts everything back.
 */
export function redirect(
  streams: readonly EncodedStdio[],
  undo: DisposableStack,
): void {
  const sources = streams.map((stdio, target) => source(stdio, target, undo));
  sources.forEach((source, target) => {
    // An inherited stream stays open on exec; a closed one stays closed.
    if (source === undefined) setCloseOnExec(target, false, undo);
    else replace(target, source, undo);
  });
}

/** A descriptor above the standard ones; undefined if the stream stays. */
function source(
  stdio: EncodedStdio,
  target: number,
  undo: DisposableStack,
): number | undefined {
  if (stdio === "inherit") return undefined;
  const fd = typeof stdio === "number"
    ? duplicate(stdio)
    : openAbove(stdio.path, stdio.flags, stdio.mode);
  if (fd < 0) {
    const what = typeof stdio === "number"
      ? `descriptor ${stdio}`
      : quote(stdio.path);
    throw new SystemError(`Cannot use ${what} as ${STREAMS[target]}`, {
      errno: -fd,
      syscall: "fcntl",
    });
  }
  undo.defer(() => closeFile(fd));
  return fd;
}

/**
 * Opens a file at a number above the standard ones, or gives -errno.
 *
 * Where a stream is closed, open(2) takes its number. It is given back at once:
 * the stream may be one that is to stay closed, or be named by its number.
 */
function openAbove(
  path: Uint8Array,
  flags: number,
  mode: number,
): number {
  const fd = openFile(path, flags, mode);
  if (fd >= FIRST_OTHER) return fd;
  const copy = duplicate(fd);
  closeFile(fd);
  return copy;
}

/** Copies a descriptor to a number above the standard ones, or -errno. */
function duplicate(fd: number): number {
  return orErrno(libc.fcntl(fd, F_DUPFD_CLOEXEC, FIRST_OTHER));
}

/** Puts a source in a stream's place. A copy of dup3(2) stays open on exec. */
function replace(target: number, source: number, undo: DisposableStack): void {
  const flags = orErrno(libc.fcntl(target, F_GETFD, 0));
  const saved = flags < 0 ? flags : duplicate(target);
  if (flags >= 0 && saved < 0) throw failure(target, "fcntl", -saved);
  const result = orErrno(libc.dup3(source, target, 0));
  if (result < 0) {
    if (saved >= 0) closeFile(saved);
    throw failure(target, "dup3", -result);
  }
  undo.defer(() => {
    if (saved < 0) return closeFile(target);
    libc.dup3(saved, target, flags & FD_CLOEXEC ? O_CLOEXEC : 0);
    closeFile(saved);
  });
}

/**
 * Sets whether a descriptor closes on exec. One that is not open is passed
 * over: another thread may close it at any time.
 */
export function setCloseOnExec(
  fd: number,
  close: boolean,
  undo: DisposableStack,
): void {
  const flags = orErrno(libc.fcntl(fd, F_GETFD, 0));
  if (flags < 0 || (flags & FD_CLOEXEC) === (close ? FD_CLOEXEC : 0)) return;
  libc.fcntl(fd, F_SETFD, flags ^ FD_CLOEXEC);
  undo.defer(() => {
    libc.fcntl(fd, F_SETFD, flags);
  });
}

function failure(target: number, syscall: string, errno: number): SystemError {
  return new SystemError(`Cannot redirect ${STREAMS[target]}`, {
    errno,
    syscall,
  });
}
