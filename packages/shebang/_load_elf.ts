import {
  type Headers,
  headerSize,
  isElf,
  isExecutableType,
  readElf,
  readHeaders,
} from "./_read_elf.ts";
import type { ElfFile } from "./elf.ts";
import type {
  ExecutableFiles,
  OpenedFile,
  ReadBytes,
} from "./executable_files.ts";
import { reasonOf } from "./_reasons.ts";

/** The machines whose kernels are known here. */
export type KernelArch = "x86_64" | "aarch64";

/** What each kernel runs for sure, and what it may have been built to run too. */
const RUNS: Readonly<Record<KernelArch, { own: number; maybe: number[] }>> = {
  "x86_64": { own: 62, maybe: [3, 6] },
  "aarch64": { own: 183, maybe: [40] },
};

/** What the kernel makes of a file that is no script. */
export type Loading =
  | { kind: "program"; elf: ElfFile }
  | { kind: "error"; code: string; reason: string; loader?: Uint8Array }
  | { kind: "killed"; reason: string; loader: Uint8Array }
  | { kind: "unknown"; reason: string; loader?: Uint8Array };

/**
 * Goes through what the kernel checks of an ELF file and of its loader, up to
 * where execve(2) cannot fail any more.
 */
export function loadElf(
  file: OpenedFile,
  files: ExecutableFiles,
  arch: KernelArch | undefined,
): Loading {
  const loading = loadProgram(file, arch);
  if (loading.kind !== "program") return loading;
  return loadLoader(loading.elf, files) ?? loading;
}

function loadProgram(file: OpenedFile, arch?: KernelArch): Loading {
  const { read } = file;
  const headers = readHeaders(read);
  // The machine is looked at before the name of the loader is.
  const fault = typeof headers === "object"
    ? machineFault(headers, arch)
    : undefined;
  if (fault !== undefined) return fault;
  const elf = readElf(read);
  if (elf.kind === "none") {
    const reason = read(0, 1).length === 0
      ? "The file is empty"
      : "The file begins neither with #! nor as an ELF file";
    return { kind: "error", code: "ENOEXEC", reason };
  }
  if (elf.kind === "invalid") {
    if (isX32(read)) {
      const reason = "The program is for x32, which a kernel for x86_64 may " +
        "run or not";
      return { kind: "unknown", reason };
    }
    return { kind: "error", code: elf.code, reason: elf.reason };
  }
  return { kind: "program", elf };
}

/** Whether a file has x86_64's machine in the headers of 32 bits. */
function isX32(read: ReadBytes): boolean {
  const head = read(0, headerSize(32));
  return head[18] === RUNS.x86_64.own && head[19] === 0 && head[42] === 32;
}

/** Why a kernel does not run a machine's programs, or may not. */
function machineFault(
  { machine, machineName }: Headers,
  arch?: KernelArch,
): Loading | undefined {
  if (arch === undefined || machine === RUNS[arch].own) return undefined;
  if (RUNS[arch].maybe.includes(machine)) {
    return {
      kind: "unknown",
      reason: `The program is for ${machineName}, which a kernel for ${arch} ` +
        "may run or not",
    };
  }
  return {
    kind: "error",
    code: "ENOEXEC",
    reason: `The program is for ${machineName}, not for ${arch}`,
  };
}

/** What is wrong with a program's loader, if something is. */
function loadLoader(
  { loader, bits, machine }: ElfFile,
  files: ExecutableFiles,
): Loading | undefined {
  if (loader === undefined) return undefined;
  // The kernel opens the empty path as it does that of a script.
  const file = files.open(loader);
  if (file.kind === "unknown") return { ...file, loader };
  if (file.kind === "error") {
    const { code, reason = reasonOf(code) } = file;
    return { kind: "error", code, reason, loader };
  }
  const fail = (code: string, reason: string): Loading => ({
    kind: "error",
    code,
    reason,
    loader,
  });
  const { read } = file;
  const head = read(0, headerSize(bits));
  if (head.length < headerSize(bits)) {
    return fail("EIO", "The loader of the program ends within its ELF header");
  }
  if (!isElf(head)) {
    return fail("ELIBBAD", "The loader of the program is not an ELF file");
  }
  const headers = readHeaders(read);
  if (typeof headers === "string") {
    return fail("ELIBBAD", `The loader of the program is faulty: ${headers}`);
  }
  if (headers === undefined || !isSameMachine(headers.machine, machine)) {
    const reason = `The loader of the program is for ${headers?.machineName}`;
    return fail("ELIBBAD", reason);
  }
  // This is found out past the point of no return.
  if (!isExecutableType(headers.type)) {
    const reason = "The loader of the program is neither a program nor a " +
      "shared object";
    return { kind: "killed", reason, loader };
  }
  return undefined;
}

/** Whether a kernel that runs programs for one machine takes the other's too. */
function isSameMachine(a: number, b: number): boolean {
  const [I386, I486] = [3, 6];
  return a === b || [a, b].every((it) => it === I386 || it === I486);
}
