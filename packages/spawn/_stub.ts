import { lazySymbols, orErrno, SystemError, writeMemory } from "@procctl/libc";
import { arch } from "@procctl/libc/library";
import { STUB_AARCH64 } from "./_generated/stub_aarch64.ts";
import { STUB_X86_64 } from "./_generated/stub_x86_64.ts";

const libc = lazySymbols({
  // void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t)
  mmap: {
    parameters: ["usize", "usize", "i32", "i32", "i32", "i64"],
    result: "usize",
  },
  // int mprotect(void *addr, size_t size, int prot)
  mprotect: { parameters: ["usize", "usize", "i32"], result: "i32" },
});

const PROT_READ = 1;
const PROT_WRITE = 2;
const PROT_EXEC = 4;
const MAP_PRIVATE_ANONYMOUS = 0x22;
/** Pages may be larger: the kernel rounds it up. */
const SIZE = 4096n;

const CODE = { "x86_64": STUB_X86_64, "aarch64": STUB_AARCH64 } as const;

let address: bigint | undefined;

/**
 * Where the stub is in memory. Its page is written once, then made executable,
 * and never written again: it stays for good.
 *
 * This is what makes the kernel bring the instruction cache of an aarch64 in
 * line with what was written, at the first fetch from a page that was not
 * executable before; after a later write nobody would.
 */
export function stubAddress(): bigint {
  return address ??= mapStub();
}

function mapStub(): bigint {
  const page = orErrno(
    libc.mmap(0n, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0n),
  );
  if (page < 0n) throw failure("mmap", -Number(page));
  writeMemory(page, Uint8Array.fromHex(CODE[arch()]));
  const result = orErrno(libc.mprotect(page, SIZE, PROT_READ | PROT_EXEC));
  if (result < 0) throw failure("mprotect", -result);
  return page;
}

function failure(syscall: string, errno: number): SystemError {
  return new SystemError("Cannot put machine code into memory", {
    errno,
    syscall,
  });
}
