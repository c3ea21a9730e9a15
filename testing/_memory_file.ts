import {
  closeFile,
  encodeCString,
  lazySymbols,
  O_APPEND,
  orErrno,
  SystemError,
} from "@procctl/libc";

const libc = lazySymbols({
  // int memfd_create(const char *name, unsigned flags)
  memfd_create: { parameters: ["buffer", "u32"], result: "i32" },
  pread: { parameters: ["i32", "buffer", "usize", "i64"], result: "i32" },
  pwrite: { parameters: ["i32", "buffer", "usize", "i64"], result: "i32" },
  // off_t lseek(int fd, off_t offset, int whence)
  lseek: { parameters: ["i32", "i64", "i32"], result: "i64" },
  // int ftruncate(int fd, off_t length)
  ftruncate: { parameters: ["i32", "i64"], result: "i32" },
  // int fcntl(int fd, int cmd, int arg)
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
});

const MFD_CLOEXEC = 1;
const F_SETFL = 4;
const SEEK_END = 2;

/** A file without a name, to hold a child's input or output. */
export class MemoryFile implements Disposable {
  readonly fd: number;

  constructor(content = new Uint8Array()) {
    const name = encodeCString("procctl-testing", "name");
    this.fd = orErrno(libc.memfd_create(name, MFD_CLOEXEC));
    if (this.fd < 0) {
      throw new SystemError("Cannot make a file in memory", {
        errno: -this.fd,
        syscall: "memfd_create",
      });
    }
    let at = 0;
    while (at < content.length) {
      const rest = content.subarray(at);
      at += libc.pwrite(this.fd, rest, BigInt(rest.length), BigInt(at));
    }
    // Where two write to it at once, they would begin at the same place: that of
    // a file in memory is not locked, as other files' are.
    libc.fcntl(this.fd, F_SETFL, O_APPEND);
  }

  read(): Uint8Array {
    const size = Number(libc.lseek(this.fd, 0n, SEEK_END));
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size;) {
      const rest = bytes.subarray(at);
      const count = libc.pread(this.fd, rest, BigInt(rest.length), BigInt(at));
      if (count <= 0) return bytes.subarray(0, at);
      at += count;
    }
    return bytes;
  }

  /** Makes it empty again. */
  clear(): void {
    libc.ftruncate(this.fd, 0n);
  }

  [Symbol.dispose](): void {
    closeFile(this.fd);
  }
}
