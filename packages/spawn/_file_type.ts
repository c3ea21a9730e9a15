import { lazySymbols, terminate } from "@procctl/libc";

const libc = lazySymbols({
  // int statx(int dirfd, const char *path, int flags, unsigned mask, struct statx *)
  statx: {
    parameters: ["i32", "buffer", "i32", "u32", "buffer"],
    result: "i32",
  },
});

const AT_FDCWD = -100;
const STATX_TYPE = 1;
const STATX_SIZE = 256;
const MODE_OFFSET = 28;
const S_IFMT = 0o170000;
const S_IFIFO = 0o010000;

/** Whether a path is that of a FIFO, followed to its end if it is a link. */
export function isFifo(path: Uint8Array): boolean {
  const facts = new Uint8Array(new ArrayBuffer(STATX_SIZE));
  const name = terminate(path);
  if (libc.statx(AT_FDCWD, name, 0, STATX_TYPE, facts) !== 0) return false;
  const mode = new DataView(facts.buffer).getUint16(MODE_OFFSET, true);
  return (mode & S_IFMT) === S_IFIFO;
}
