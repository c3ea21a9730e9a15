import {
  closeFile,
  encodePath,
  lazySymbols,
  O_APPEND,
  O_CLOEXEC,
  O_CREAT,
  O_RDONLY,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
  openFile,
  orErrno,
  quote,
  SystemError,
} from "@procctl/libc";
import type { Stdio, StdioFile } from "./stdio.ts";

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

/** What each standard stream is to be, checked: `"inherit"` where not given. */
export type Redirections = readonly CheckedStdio[];

type CheckedStdio = "inherit" | number | {
  path: Uint8Array<ArrayBuffer>;
  flags: number;
  mode: number;
};

const ACCESS_FLAGS: Record<StdioFile["access"], number> = {
  read: O_RDONLY,
  write: O_WRONLY,
  append: O_WRONLY | O_APPEND,
  readwrite: O_RDWR,
};

/** Checks one stream's option, and turns it into what open(2) takes. */
export function checkStdio(
  stdio: Stdio | undefined,
  name: string,
): CheckedStdio {
  if (stdio === undefined || stdio === "inherit") return "inherit";
  if (stdio === "null") {
    return { path: encodePath("/dev/null"), flags: O_RDWR, mode: 0 };
  }
  if (typeof stdio === "number") {
    if (stdio >= 0 && stdio === (stdio | 0)) return stdio;
    throw new RangeError(`Cannot use ${stdio} as ${name}: not a descriptor`);
  }
  if (typeof stdio !== "object" || stdio === null) {
    throw new TypeError(
      `Cannot use ${
        JSON.stringify(stdio)
      } as ${name}: expected "inherit", "null", a descriptor or a file`,
    );
  }
  return checkFile(stdio, name);
}

function checkFile(file: StdioFile, name: string): CheckedStdio {
  const { access, create = false, truncate = false, mode = 0o666 } = file;
  if (!Object.hasOwn(ACCESS_FLAGS, access)) {
    throw new TypeError(
      `Cannot open a file as ${name} with access ${
        JSON.stringify(access)
      }: expected "read", "write", "append" or "readwrite"`,
    );
  }
  if (truncate && access === "read") {
    throw new TypeError(
      `Cannot truncate a file as ${name} with access "read"`,
    );
  }
  if (!Number.isInteger(mode) || mode < 0 || mode > 0o7777) {
    throw new RangeError(
      `Cannot create a file as ${name} with mode ${mode}: expected 0 to 0o7777`,
    );
  }
  return {
    path: encodePath(file.path, `${name}.path`),
    flags: ACCESS_FLAGS[access] | (create ? O_CREAT : 0) |
      (truncate ? O_TRUNC : 0),
    mode,
  };
}

/**
 * Makes the standard streams what they are to be for the next program.
 *
 * All sources are opened, or copied to numbers above the standard ones, before
 * any stream is replaced: so streams can be swapped.
 *
 * @param undo Takes what puts everything back.
 */
export function redirect(streams: Redirections, undo: DisposableStack): void {
  const sources = streams.map((stdio, target) => source(stdio, target, undo));
  sources.forEach((source, target) => {
    // An inherited stream stays open on exec; a closed one stays closed.
    if (source === undefined) setCloseOnExec(target, false, undo);
    else replace(target, source, undo);
  });
}

/** A descriptor above the standard ones; undefined if the stream stays. */
function source(
  stdio: CheckedStdio,
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
