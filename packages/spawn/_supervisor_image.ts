import {
  closeFile,
  encodeCString,
  lazySymbols,
  orErrno,
  SystemError,
} from "@procctl/libc";
import { type Arch, arch } from "@procctl/libc/library";
import { STUB_AARCH64 } from "./_generated/stub_aarch64.ts";
import { STUB_X86_64 } from "./_generated/stub_x86_64.ts";
import { SUPERVISOR_AARCH64 } from "./_generated/supervisor_aarch64.ts";
import { SUPERVISOR_X86_64 } from "./_generated/supervisor_x86_64.ts";

const libc = lazySymbols({
  // int memfd_create(const char *name, unsigned flags)
  memfd_create: { parameters: ["buffer", "u32"], result: "i32" },
  // ssize_t write(int fd, const void *buf, size_t count)
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
});

const MFD_CLOEXEC = 1;
const MFD_EXEC = 0x10;
const EINVAL = 22;

const CODE: Record<Arch, string> = {
  "x86_64": SUPERVISOR_X86_64 + STUB_X86_64,
  "aarch64": SUPERVISOR_AARCH64 + STUB_AARCH64,
};
const ELF_MACHINE: Record<Arch, number> = { "x86_64": 62, "aarch64": 183 };

const FILE_HEADER_SIZE = 64;
const PROGRAM_HEADER_SIZE = 56;
/** Four numbers of 64 bits, which the code finds right before itself. */
const PARAMETERS_OFFSET = FILE_HEADER_SIZE + PROGRAM_HEADER_SIZE;
const CODE_OFFSET = PARAMETERS_OFFSET + 32;
/** Where it is mapped: any free place that suits 64 KiB pages too. */
const BASE = 0x400000n;

/** What the supervisor is told. */
export interface SupervisorParameters {
  /** The address of the memory that it shares. */
  address: bigint;
  /** The size of that. */
  size: number;
  /** The descriptor of that. */
  memory: number;
  /** The descriptor of its socket. */
  socket: number;
}

/** An executable file with the supervisor's code, and nothing else. */
export function supervisorImage(
  { address, size, memory, socket }: SupervisorParameters,
): Uint8Array<ArrayBuffer> {
  const machine = arch();
  const code = Uint8Array.fromHex(CODE[machine]);
  const file = new Uint8Array(CODE_OFFSET + code.length);
  const view = new DataView(file.buffer);
  const fileSize = BigInt(file.length);
  // The file header, Elf64_Ehdr: 64 bit, little-endian, version 1.
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 2, true); // e_type: ET_EXEC
  view.setUint16(18, ELF_MACHINE[machine], true); // e_machine
  view.setUint32(20, 1, true); // e_version
  view.setBigUint64(24, BASE + BigInt(CODE_OFFSET), true); // e_entry
  view.setBigUint64(32, BigInt(FILE_HEADER_SIZE), true); // e_phoff
  view.setUint16(52, FILE_HEADER_SIZE, true); // e_ehsize
  view.setUint16(54, PROGRAM_HEADER_SIZE, true); // e_phentsize
  view.setUint16(56, 1, true); // e_phnum
  // The one program header, Elf64_Phdr: the whole file, readable, executable.
  const header = FILE_HEADER_SIZE;
  view.setUint32(header, 1, true); // p_type: PT_LOAD
  view.setUint32(header + 4, 5, true); // p_flags: PF_R | PF_X
  view.setBigUint64(header + 16, BASE, true); // p_vaddr
  view.setBigUint64(header + 24, BASE, true); // p_paddr
  view.setBigUint64(header + 32, fileSize, true); // p_filesz
  view.setBigUint64(header + 40, fileSize, true); // p_memsz
  view.setBigUint64(header + 48, 0x10000n, true); // p_align
  [address, BigInt(size), BigInt(memory), BigInt(socket)].forEach(
    (value, index) =>
      view.setBigUint64(PARAMETERS_OFFSET + 8 * index, value, true),
  );
  file.set(code, CODE_OFFSET);
  return file;
}

/**
 * Puts an executable file into memory.
 *
 * @returns Its descriptor, close-on-exec.
 * @throws {SystemError} If the system allows no such files.
 */
export function executableInMemory(file: Uint8Array<ArrayBuffer>): number {
  const name = encodeCString("procctl-supervisor", "name");
  let fd = orErrno(libc.memfd_create(name, MFD_CLOEXEC | MFD_EXEC));
  // Before Linux 6.3 all may be executed, and there is no such flag.
  if (fd === -EINVAL) fd = orErrno(libc.memfd_create(name, MFD_CLOEXEC));
  const size = fd < 0 ? fd : orErrno(libc.write(fd, file, BigInt(file.length)));
  if (size === file.length) return fd;
  if (fd >= 0) closeFile(fd);
  throw new SystemError("Cannot put the supervisor into memory", {
    errno: -size,
    syscall: "memfd_create",
  });
}
