/**
 * Files through libc, for what Deno's own API cannot do with `--allow-ffi`
 * alone: reading /proc, opening a descriptor that a child is to have.
 *
 * Every descriptor is opened close-on-exec.
 *
 * @module
 */

import { encodePath, quote, terminate } from "./encode.ts";
import { lazySymbols, orErrno, wasInterrupted } from "./library.ts";
import {
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_RDONLY,
  O_TRUNC,
  O_WRONLY,
} from "./open_flags.ts";
import { SystemError } from "./system_error.ts";
import type { PathLike } from "./types.ts";

const libc = lazySymbols({
  // int open(const char *pathname, int flags, mode_t mode)
  open: { parameters: ["buffer", "i32", "u32"], result: "i32" },
  // int close(int fd)
  close: { parameters: ["i32"], result: "i32" },
  // ssize_t read(int fd, void *buf, size_t count)
  read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  // ssize_t write(int fd, const void *buf, size_t count)
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  // ssize_t getdents64(int fd, void *dirp, size_t count)
  getdents64: { parameters: ["i32", "buffer", "usize"], result: "i32" },
});

const EINTR = 4;
/** How often EAGAIN is taken for what a signal has left. */
const MOST_AGAIN = 2;
const BUFFER_SIZE = 65536;

/**
 * Opens a file, as open(2) with `O_CLOEXEC`.
 *
 * @param path The file.
 * @param flags The `O_*` flags, of `@procctl/libc/open-flags`.
 * @param mode The permissions of a file that is created, less the umask.
 * @returns The descriptor, which is the caller's to close.
 * @throws {SystemError} If the file cannot be opened.
 * @throws {TypeError} If the path has a NUL or a lone surrogate.
 *
 * @example Usage
 * ```ts
 * import { closeFile, openFile } from "@procctl/libc/files";
 * import { O_RDONLY } from "@procctl/libc/open-flags";
 *
 * const fd = openFile("/dev/null", O_RDONLY);
 * closeFile(fd);
 * ```
 */
export function openFile(
  path: PathLike,
  flags: number,
  mode = 0o666,
): number {
  const bytes = encodePath(path);
  const name = terminate(bytes);
  for (let failures = 0;; failures++) {
    const fd = orErrno(libc.open(name, flags | O_CLOEXEC, mode));
    if (fd >= 0) return fd;
    if (!isToRepeat(fd, failures)) throw failure("open", "open", -fd, bytes);
  }
}

/**
 * Closes a descriptor, as close(2).
 *
 * Linux gives the descriptor back whatever the result is, so there is nothing
 * to do about an error but to know of it.
 *
 * @param fd The descriptor.
 * @throws {SystemError} If it is not open (`EBADF`), or what was written last
 * could not be stored.
 *
 * @example Usage
 * ```ts
 * import { closeFile, openFile } from "@procctl/libc/files";
 * import { O_RDONLY } from "@procctl/libc/open-flags";
 *
 * closeFile(openFile("/dev/null", O_RDONLY));
 * ```
 */
export function closeFile(fd: number): void {
  const result = orErrno(libc.close(fd));
  if (result < 0) {
    throw new SystemError(`Cannot close descriptor ${fd}`, {
      errno: -result,
      syscall: "close",
    });
  }
}

/**
 * Reads a whole file, including those of /proc, whose size is not known before.
 *
 * @param path The file.
 * @returns Its bytes.
 * @throws {SystemError} If the file cannot be opened or read.
 *
 * @example Usage
 * ```ts
 * import { readFile } from "@procctl/libc/files";
 *
 * const comm = new TextDecoder().decode(readFile("/proc/self/comm"));
 * console.log(comm.trim()); // prints: deno
 * ```
 */
export function readFile(path: PathLike): Uint8Array<ArrayBuffer> {
  return concat(readAll(path, O_RDONLY, "read", libc.read));
}

/**
 * Writes a whole file, creating it or replacing what it held.
 *
 * @param path The file.
 * @param data Its new bytes.
 * @param mode The permissions of a file that is created, less the umask.
 * @throws {SystemError} If the file cannot be opened or written.
 * @throws {TypeError} If the data is not a `Uint8Array`; the file is then left
 * as it was.
 *
 * @example Usage
 * ```ts
 * import { writeFile } from "@procctl/libc/files";
 *
 * writeFile("/dev/null", new TextEncoder().encode("gone"));
 * ```
 */
export function writeFile(
  path: PathLike,
  data: Uint8Array<ArrayBuffer>,
  mode = 0o666,
): void {
  if (!(data instanceof Uint8Array)) {
    throw new TypeError("Cannot write a file: its data is not a Uint8Array");
  }
  const fd = openFile(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
  try {
    for (let rest = data; rest.length > 0;) {
      const size = orErrno(libc.write(fd, rest, BigInt(rest.length)));
      if (size >= 0) rest = rest.subarray(size);
      else if (size !== -EINTR) {
        throw failure("write", "write", -size, encodePath(path));
      }
    }
  } finally {
    closeFile(fd);
  }
}

/**
 * Reads the names in a directory.
 *
 * @param path The directory.
 * @returns The names, as bytes, without `.` and `..`, in no order.
 * @throws {SystemError} If the directory cannot be opened or read.
 *
 * @example Usage
 * ```ts
 * import { readDirectory } from "@procctl/libc/files";
 *
 * const names = readDirectory("/proc/self/task").map((name) => new TextDecoder().decode(name));
 * console.log(names.includes(String(Deno.pid))); // prints: true
 * ```
 */
export function readDirectory(path: PathLike): Uint8Array<ArrayBuffer>[] {
  const chunks = readAll(
    path,
    O_RDONLY | O_DIRECTORY,
    "getdents64",
    libc.getdents64,
  );
  return chunks.flatMap(directoryNames);
}

/** The names in one result of getdents64(2), records of a length of their own. */
function directoryNames(chunk: Uint8Array<ArrayBuffer>) {
  const NAME_OFFSET = 19; // after inode, offset, record length and type
  const view = new DataView(chunk.buffer, chunk.byteOffset);
  const names: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < chunk.length; at += view.getUint16(at + 16, true)) {
    const start = at + NAME_OFFSET;
    const name = chunk.slice(start, chunk.indexOf(0, start));
    if (!isDots(name)) names.push(name);
  }
  return names;
}

function isDots(name: Uint8Array): boolean {
  return name.length <= 2 && name.every((byte) => byte === 0x2e);
}

/** Kept from call to call: a new one each time would be much garbage. */
let buffer: Uint8Array<ArrayBuffer> | undefined;

/** What successive calls of a reading function give, until one gives nothing. */
function readAll(
  path: PathLike,
  flags: number,
  syscall: string,
  read: (fd: number, buffer: Uint8Array<ArrayBuffer>, size: bigint) => number,
): Uint8Array<ArrayBuffer>[] {
  const fd = openFile(path, flags);
  try {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    buffer ??= new Uint8Array(BUFFER_SIZE);
    for (let failures = 0;;) {
      const size = orErrno(read(fd, buffer, BigInt(BUFFER_SIZE)));
      if (size === 0) return chunks;
      if (size > 0) chunks.push(buffer.slice(0, size));
      else if (!isToRepeat(size, failures++)) {
        throw failure("read", syscall, -size, encodePath(path));
      }
    }
  } finally {
    closeFile(fd);
  }
}

/** Whether a call is made again; some files fail with EAGAIN by themselves. */
function isToRepeat(result: number, failures: number): boolean {
  return result === -EINTR || wasInterrupted(result) && failures < MOST_AGAIN;
}

function concat(chunks: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const size = chunks.reduce((sum, { length }) => sum + length, 0);
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

function failure(
  verb: string,
  syscall: string,
  errno: number,
  path: Uint8Array,
): SystemError {
  return new SystemError(`Cannot ${verb} ${quote(path)}`, {
    errno,
    syscall,
    path: new TextDecoder().decode(path),
  });
}
