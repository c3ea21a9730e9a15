import type { Arch } from "@procctl/libc/library";

const ELF_MACHINE: Record<Arch, number> = { "x86_64": 62, "aarch64": 183 };
const FILE_HEADER_SIZE = 64;
const PROGRAM_HEADER_SIZE = 56;
const CODE_OFFSET = FILE_HEADER_SIZE + PROGRAM_HEADER_SIZE;
/** Where the file is mapped: any free place that suits 64 KiB pages too. */
const BASE = 0x400000n;

/**
 * Makes an executable file out of machine code, so that nothing depends on a
 * compiler. The code begins with the stack as the kernel left it.
 *
 * @param code The instructions of each architecture, in hexadecimal.
 * @param arch The architecture the file is for.
 * @returns The bytes, to be written to a file with mode 0755.
 */
export function staticProgram(
  code: Record<Arch, readonly string[]>,
  arch: Arch = Deno.build.arch,
): Uint8Array<ArrayBuffer> {
  const text = Uint8Array.fromHex(code[arch].join(""));
  const size = BigInt(CODE_OFFSET + text.length);
  const file = new Uint8Array(Number(size));
  const view = new DataView(file.buffer);
  // The file header, Elf64_Ehdr: 64 bit, little-endian, version 1.
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 2, true); // e_type: ET_EXEC
  view.setUint16(18, ELF_MACHINE[arch], true); // e_machine
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
  view.setBigUint64(header + 32, size, true); // p_filesz
  view.setBigUint64(header + 40, size, true); // p_memsz
  view.setBigUint64(header + 48, 0x10000n, true); // p_align
  file.set(text, CODE_OFFSET);
  return file;
}
