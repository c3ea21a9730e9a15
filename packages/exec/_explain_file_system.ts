import {
  closeFile,
  lazySymbols,
  O_NONBLOCK,
  O_RDONLY,
  openFile,
  orErrno,
  SystemError,
  terminate,
} from "@procctl/libc";

const libc = lazySymbols({
  // int statx(int dirfd, const char *path, int flags, unsigned mask, struct statx *)
  statx: {
    parameters: ["i32", "buffer", "i32", "u32", "buffer"],
    result: "i32",
  },
  // int statfs(const char *path, struct statfs *buf)
  statfs: { parameters: ["buffer", "buffer"], result: "i32" },
  // int faccessat(int dirfd, const char *path, int mode, int flags)
  faccessat: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32" },
  // ssize_t readlink(const char *path, char *buf, size_t size)
  readlink: { parameters: ["buffer", "buffer", "usize"], result: "i32" },
  // ssize_t pread(int fd, void *buf, size_t count, off_t offset)
  pread: { parameters: ["i32", "buffer", "usize", "i64"], result: "i32" },
});

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
/** The ids that a file is executed with, not those of who started this process. */
const AT_EACCESS = 0x200;
const STATX_TYPE_AND_MODE = 0x3;
const X_OK = 1;
const ST_NOEXEC = 8n;
const PATH_MAX = 4096;

const TYPES: Readonly<Record<number, string>> = {
  0o010000: "a FIFO",
  0o020000: "a character device",
  0o040000: "a directory",
  0o060000: "a block device",
  0o100000: "a regular file",
  0o120000: "a symbolic link",
  0o140000: "a socket",
};

/** What a file is. */
export interface FileStatus {
  /** Its type in words: `"a directory"`. */
  type: string;
  /** Its permissions. */
  mode: number;
}

/** Asks what a file is: or an errno, negative. */
export function statusOf(
  path: Uint8Array,
  { follow }: { follow: boolean },
): FileStatus | number {
  const buffer = new Uint8Array(256);
  const flags = follow ? 0 : AT_SYMLINK_NOFOLLOW;
  const name = terminate(path);
  const result = orErrno(
    libc.statx(AT_FDCWD, name, flags, STATX_TYPE_AND_MODE, buffer),
  );
  if (result < 0) return result;
  const mode = new DataView(buffer.buffer).getUint16(28, true);
  const type = TYPES[mode & 0o170000] ?? "no regular file";
  return { type, mode: mode & 0o7777 };
}

/** Asks whether this process may execute a file or search a directory: 0 or -errno. */
export function accessErrno(path: Uint8Array): number {
  return orErrno(libc.faccessat(AT_FDCWD, terminate(path), X_OK, AT_EACCESS));
}

/** Whether a file is where nothing may be executed. */
export function isOnNoexecMount(path: Uint8Array): boolean {
  const buffer = new Uint8Array(256);
  if (libc.statfs(terminate(path), buffer) !== 0) return false;
  const flags = new DataView(buffer.buffer).getBigInt64(80, true);
  return (flags & ST_NOEXEC) !== 0n;
}

/** Where a symbolic link leads, as it is written in it. */
export function targetOf(path: Uint8Array): Uint8Array | undefined {
  const buffer = new Uint8Array(PATH_MAX);
  const size = libc.readlink(terminate(path), buffer, BigInt(PATH_MAX));
  return size < 0 ? undefined : buffer.subarray(0, size);
}

/**
 * Reads a part of a regular file; undefined if it cannot be read. It is opened
 * anew each time, so that nothing must be closed later.
 */
export function readPart(
  path: Uint8Array,
  offset: number,
  length: number,
): Uint8Array | undefined {
  let fd: number;
  try {
    fd = openFile(path, O_RDONLY | O_NONBLOCK);
  } catch (error) {
    if (error instanceof SystemError) return undefined;
    throw error;
  }
  try {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length;) {
      const rest = bytes.subarray(at);
      const size = orErrno(
        libc.pread(fd, rest, BigInt(rest.length), BigInt(offset + at)),
      );
      if (size < 0) return undefined;
      if (size === 0) return bytes.subarray(0, at);
      at += size;
    }
    return bytes;
  } finally {
    closeFile(fd);
  }
}
