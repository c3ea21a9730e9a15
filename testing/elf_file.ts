import { argvDumper } from "./argv_dumper.ts";

const HEADER = 64;
const PROGRAM_HEADER = 56;
const PT_LOAD = 1;
const PT_INTERP = 3;
/** Where the machine code begins in the program that is taken apart. */
const CODE = HEADER + PROGRAM_HEADER;

/** What a program is made of. */
export interface ElfParts {
  /** The paths in its PT_INTERP, each with the NUL at its end. */
  loaders?: readonly string[];
  /** Where it is mapped. */
  base?: number;
}

/**
 * The argv dumper as a program that names loaders.
 *
 * @param parts What it is made of.
 * @returns The bytes, to be written to a file with mode 0755.
 */
export function elfFile(
  { loaders = [], base = 0x400000 }: ElfParts = {},
): Uint8Array<ArrayBuffer> {
  const dumper = argvDumper();
  const count = loaders.length + 1;
  const names = loaders.map((loader) =>
    Uint8Array.from(loader, (char) => char.charCodeAt(0))
  );
  let offset = HEADER + count * PROGRAM_HEADER;
  const size = names.reduce((sum, { length }) => sum + length, offset) +
    dumper.length - CODE;
  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  file.set(dumper.subarray(0, HEADER));
  view.setUint16(56, count, true); // e_phnum
  const header = (index: number, type: number, at: number, length: number) => {
    const start = HEADER + index * PROGRAM_HEADER;
    view.setUint32(start, type, true); // p_type
    // Older kernels write zeros into the rest of a loader's last page.
    view.setUint32(start + 4, 7, true); // p_flags: PF_R | PF_W | PF_X
    view.setBigUint64(start + 8, BigInt(at), true); // p_offset
    view.setBigUint64(start + 16, BigInt(base + at), true); // p_vaddr
    view.setBigUint64(start + 32, BigInt(length), true); // p_filesz
    view.setBigUint64(start + 40, BigInt(length), true); // p_memsz
    view.setBigUint64(start + 48, 0x10000n, true); // p_align
  };
  names.forEach((name, index) => {
    header(index, PT_INTERP, offset, name.length);
    file.set(name, offset);
    offset += name.length;
  });
  header(names.length, PT_LOAD, 0, size);
  file.set(dumper.subarray(CODE), offset);
  view.setBigUint64(24, BigInt(base + offset), true); // e_entry
  return file;
}
