import { NUL, untilNul } from "./_bytes.ts";
import type { Elf } from "./elf.ts";
import type { ReadBytes } from "./executable_files.ts";

const MAGIC = [0x7f, 0x45, 0x4c, 0x46];

/** Where things lie in the headers of each class, and how large those are. */
const LAYOUTS = {
  32: { header: 52, programHeader: 32, phoff: 28, phentsize: 42, phnum: 44 },
  64: { header: 64, programHeader: 56, phoff: 32, phentsize: 54, phnum: 56 },
} as const;

type Bits = keyof typeof LAYOUTS;

/** The machines by number; the class tells apart what shares one. */
const MACHINES: ReadonlyMap<number, [name: string, bits?: Bits]> = new Map([
  [2, ["sparc", 32]],
  [3, ["i386", 32]],
  [6, ["i486", 32]],
  [8, ["mips"]],
  [20, ["ppc", 32]],
  [21, ["ppc64", 64]],
  [22, ["s390"]],
  [40, ["arm", 32]],
  [43, ["sparcv9", 64]],
  [62, ["x86_64", 64]],
  [183, ["aarch64", 64]],
  [243, ["riscv"]],
  [258, ["loongarch"]],
]);

const TYPES: Readonly<Record<number, string>> = {
  0: "no type",
  1: "a relocatable object, not linked",
  4: "a core dump",
};
const ET_EXEC = 2;
const ET_DYN = 3;

const PT_INTERP = 3;
const PATH_MAX = 4096;
/** What the kernel reads of program headers at most. */
const PROGRAM_HEADERS_MAX = 65536;

/** The headers of an ELF file, of any type. */
export interface Headers {
  type: number;
  machine: number;
  machineName: string;
  bits: Bits;
  littleEndian: boolean;
  /** The table of program headers. */
  programHeaders: DataView;
}

/** Reads what the kernel reads of a program before it opens the loader. */
export function readElf(read: ReadBytes): Elf {
  const headers = readHeaders(read);
  if (headers === undefined) return { kind: "none" };
  if (typeof headers === "string") return invalid(headers);
  const { type, bits, machine, machineName } = headers;
  if (!isExecutableType(type)) {
    const name = TYPES[type] ?? `of the type ${type}`;
    return invalid(`The ELF file is ${name}`);
  }
  const loader = findLoader(read, headers);
  if (loader !== undefined && "kind" in loader) return loader;
  return {
    kind: "elf",
    bits,
    machine,
    machineName,
    type: type === ET_EXEC ? "executable" : "shared",
    loader,
  };
}

/**
 * Reads what the kernel reads of a program and of its loader alike: undefined
 * if the file is no ELF file, or what is wrong with it.
 */
export function readHeaders(read: ReadBytes): Headers | string | undefined {
  const head = padded(read(0, 64), 64);
  if (!isElf(head)) return undefined;
  const littleEndian = head[5] !== 2 || isLittleEndian(head);
  const view = viewOf(head);
  const machine = view.getUint16(18, littleEndian);
  const [machineName, fixed] = MACHINES.get(machine) ?? [`machine ${machine}`];
  const bits = fixed ?? (head[4] === 1 ? 32 : 64);
  const programHeaders = readProgramHeaders(read, view, bits, littleEndian);
  if (typeof programHeaders === "string") return programHeaders;
  const type = view.getUint16(16, littleEndian);
  return { type, machine, machineName, bits, littleEndian, programHeaders };
}

/** Whether the type is one that a kernel executes. */
export function isExecutableType(type: number): boolean {
  return type === ET_EXEC || type === ET_DYN;
}

/** The size of the header of a loader, which must be there whole. */
export function headerSize(bits: Bits): number {
  return LAYOUTS[bits].header;
}

export function isElf(head: Uint8Array): boolean {
  return MAGIC.every((byte, index) => head[index] === byte);
}

/** A kernel reads numbers in its own order, whatever the file says of itself. */
function isLittleEndian(head: Uint8Array): boolean {
  const machine = viewOf(head).getUint16(18, true);
  return [3, 6, 40, 62, 183, 243, 258].includes(machine);
}

/** The table of program headers, or what is wrong with it. */
function readProgramHeaders(
  read: ReadBytes,
  view: DataView,
  bits: Bits,
  littleEndian: boolean,
): DataView | string {
  const layout = LAYOUTS[bits];
  const size = view.getUint16(layout.phentsize, littleEndian);
  if (size !== layout.programHeader) {
    return `The ELF file says that a program header has ${size} bytes, ` +
      `not ${layout.programHeader}`;
  }
  const count = view.getUint16(layout.phnum, littleEndian);
  if (count === 0) return "The ELF file has no program headers";
  const length = count * size;
  if (length > PROGRAM_HEADERS_MAX) {
    return `The ELF file has ${count} program headers, more than are read`;
  }
  const offset = wordAt(view, layout.phoff, bits, littleEndian);
  const bytes = read(offset, length);
  if (bytes.length < length) {
    return "The ELF file ends before its program headers do";
  }
  return viewOf(bytes);
}

/** The path in the first PT_INTERP, or what is wrong with it. */
function findLoader(
  read: ReadBytes,
  { programHeaders, bits, littleEndian }: Headers,
): Uint8Array | Elf | undefined {
  const { programHeader } = LAYOUTS[bits];
  const [offsetAt, sizeAt] = bits === 64 ? [8, 32] : [4, 16];
  for (let at = 0; at < programHeaders.byteLength; at += programHeader) {
    if (programHeaders.getUint32(at, littleEndian) !== PT_INTERP) continue;
    const size = wordAt(programHeaders, at + sizeAt, bits, littleEndian);
    if (size < 2 || size > PATH_MAX) {
      return invalid(`The ELF file names its loader with ${size} bytes`);
    }
    const offset = wordAt(programHeaders, at + offsetAt, bits, littleEndian);
    if (offset >= 2 ** 63) {
      const reason = "The ELF file has the name of its loader nowhere";
      return { kind: "invalid", code: "EINVAL", reason };
    }
    const name = read(offset, size);
    if (name.length < size) {
      const reason = "The ELF file ends within the name of its loader";
      return { kind: "invalid", code: "EIO", reason };
    }
    if (name[size - 1] !== NUL) {
      return invalid("The ELF file does not end the name of its loader");
    }
    return new Uint8Array(untilNul(name));
  }
  return undefined;
}

/** A number as wide as the class. One past 2^53 is past each file's end too. */
function wordAt(
  view: DataView,
  at: number,
  bits: Bits,
  littleEndian: boolean,
): number {
  return bits === 64
    ? Number(view.getBigUint64(at, littleEndian))
    : view.getUint32(at, littleEndian);
}

function invalid(reason: string): Elf {
  return { kind: "invalid", code: "ENOEXEC", reason };
}

/** The kernel sees zeros after the end of a file. */
function padded(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length >= length) return bytes;
  const whole = new Uint8Array(length);
  whole.set(bytes);
  return whole;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
