import {
  Arena,
  closeFile,
  encodeCString,
  lazySymbols,
  orErrno,
  SystemError,
} from "@procctl/libc";
import { moveAway } from "./_pipe.ts";

const libc = lazySymbols({
  // int memfd_create(const char *name, unsigned flags)
  memfd_create: { parameters: ["buffer", "u32"], result: "i32" },
  // int ftruncate(int fd, off_t length)
  ftruncate: { parameters: ["i32", "i64"], result: "i32" },
  // void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t)
  mmap: {
    parameters: ["usize", "usize", "i32", "i32", "i32", "i64"],
    result: "usize",
  },
  // int munmap(void *addr, size_t length)
  munmap: { parameters: ["usize", "usize"], result: "i32" },
});

const MFD_CLOEXEC = 1;
const PROT_READ_WRITE = 0x3;
const MAP_SHARED = 1;

/**
 * Room for the 6 MiB that arguments and environment can be, with as much again
 * for the addresses of many small ones. What is not used takes no memory.
 */
const SIZE = 16 * 2 ** 20;

/**
 * Where it is mapped: low, where a small program has nothing. The kernel takes
 * it for a wish, and puts what does not fit elsewhere. Where it puts what has no
 * wish, high, the other process has its own, of which only few bits are random
 * on some machines.
 */
const LOWEST = 0x10_0000_0000n;
const PLACES = 1024n;
let lastPlace = 0n;

/**
 * An arena whose memory another process can have too, at the same address: that
 * of a file in memory, whose descriptor that process inherits.
 */
export class SharedArena extends Arena {
  /** Where it begins. */
  readonly address: bigint;
  /** How large it is. */
  readonly size = SIZE;
  /** The descriptor of its file, close-on-exec. */
  readonly fd: number;
  #next: number;

  /**
   * @param reserved How many bytes at the beginning are never given out.
   * @param taken Numbers that its descriptor is not to have.
   */
  constructor(reserved: number, taken: ReadonlySet<number>) {
    super();
    this.#next = reserved;
    const name = encodeCString("procctl", "name");
    const made = checked(orErrno(libc.memfd_create(name, MFD_CLOEXEC)));
    [this.fd] = moveAway([made], taken) as [number];
    try {
      checked(orErrno(libc.ftruncate(this.fd, BigInt(SIZE))));
      lastPlace = (lastPlace + 1n) % PLACES;
      const wish = LOWEST + lastPlace * BigInt(SIZE);
      const flags = MAP_SHARED;
      const address = orErrno(
        libc.mmap(wish, BigInt(SIZE), PROT_READ_WRITE, flags, this.fd, 0n),
      );
      checked(address < 0n ? Number(address) : 0);
      this.address = address;
    } catch (error) {
      closeFile(this.fd);
      throw error;
    }
  }

  override allocate(size: number): bigint {
    const start = Math.ceil(this.#next / 16) * 16;
    if (start + size > SIZE) {
      throw new RangeError(
        `Cannot set aside ${size} bytes for a child: there are ${SIZE} in all`,
      );
    }
    this.#next = start + (size || 1);
    return this.address + BigInt(start);
  }

  override [Symbol.dispose](): void {
    libc.munmap(this.address, BigInt(SIZE));
    closeFile(this.fd);
  }
}

function checked(result: number): number {
  if (result >= 0) return result;
  throw new SystemError("Cannot make memory to share with a child", {
    errno: -result,
    syscall: "memfd_create",
  });
}
