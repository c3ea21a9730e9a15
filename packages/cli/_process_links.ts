/**
 * The symbolic links of /proc: what descriptors stand for, and folders.
 *
 * @module
 */

import { encodeCString } from "@procctl/libc/encode";
import { lazySymbols, orErrno } from "@procctl/libc/library";

const libc = lazySymbols({
  // ssize_t readlink(const char *path, char *buf, size_t bufsiz)
  readlink: { parameters: ["buffer", "buffer", "usize"], result: "i32" },
});

const buffer = new Uint8Array(4096);

/** What a descriptor of a task stands for; undefined if it is none. */
export function readDescriptor(
  tid: number,
  fd: number,
): Uint8Array | undefined {
  return readLink(`/proc/${tid}/fd/${fd}`);
}

/** The current folder of a task; undefined if it is gone. */
export function readFolder(tid: number | "self"): Uint8Array | undefined {
  return readLink(`/proc/${tid}/cwd`);
}

function readLink(path: string): Uint8Array | undefined {
  const size = orErrno(
    libc.readlink(encodeCString(path, "path"), buffer, BigInt(buffer.length)),
  );
  return size < 0 ? undefined : buffer.slice(0, size);
}
