import {
  type ArgumentArea,
  lengthsOf,
  type Overflow,
} from "./_argument_area.ts";
import { ascii, baseName, concat, SLASH } from "./_bytes.ts";
import { type KernelArch, loadElf } from "./_load_elf.ts";
import { reasonOf } from "./_reasons.ts";
import type { ExecutableFiles, OpenedFile } from "./executable_files.ts";
import { parseShebang } from "./parse_shebang.ts";
import type { Resolution, ScriptStep } from "./resolution.ts";

/** One execve(2), with what was checked of what a caller gave. */
export interface Execution {
  path: Uint8Array;
  argv: readonly Uint8Array[];
  env: readonly Uint8Array[];
  files: ExecutableFiles;
  arch: KernelArch | undefined;
  /** Makes the memory for the strings, if it is known how large that is. */
  area(
    path: Uint8Array,
    argv: readonly Uint8Array[],
    env: readonly Uint8Array[],
  ): ArgumentArea | undefined;
}

/** The descriptor of an execveat(2). */
export interface Descriptor {
  fd: number;
  closeOnExec: boolean;
}

/** How many scripts may lead to a program. */
const MOST_SCRIPTS = 5;
const PATH_MAX = 4096;
/** What /proc/PID/comm holds. */
const COMM_SIZE = 15;

/** What a kernel reads of a file to find its format. */
const HEAD_SIZE = 256;

/** Follows scripts as the kernel does, in the order of its checks. */
export function resolveExecution(
  execution: Execution,
  descriptor?: Descriptor,
): Resolution {
  return new Resolver(execution, descriptor).resolve();
}

class Resolver {
  readonly #execution: Execution;
  readonly #descriptor: Descriptor | undefined;
  readonly #chain: ScriptStep[] = [];
  #argv: Uint8Array[];

  constructor(execution: Execution, descriptor: Descriptor | undefined) {
    const { path, argv } = execution;
    this.#execution = execution;
    // One that is given with an absolute path plays no part.
    this.#descriptor = path[0] === SLASH ? undefined : descriptor;
    // Without arguments the kernel makes one, the empty string.
    this.#argv = argv.length === 0 ? [new Uint8Array()] : [...argv];
  }

  resolve(): Resolution {
    const { path, env } = this.#execution;
    if (path.length === 0 && this.#descriptor === undefined) {
      return this.#error(path, "ENOENT", "The path is empty");
    }
    if (path.length >= PATH_MAX) {
      const reason = `The path has ${path.length} bytes, more than ` +
        `${PATH_MAX - 1}`;
      return this.#error(path, "ENAMETOOLONG", reason);
    }
    const file = this.#open(path, this.#descriptor);
    if (file.kind !== "file") return file;
    const name = nameOf(path, this.#descriptor);
    const area = this.#execution.area(name, this.#execution.argv, env);
    return this.#overflow(name, area) ?? this.#follow(name, file, area);
  }

  /** Goes from one file to the next until there is no script. */
  #follow(
    name: Uint8Array,
    first: OpenedFile,
    area: ArgumentArea | undefined,
  ): Resolution {
    let current = name;
    for (let file = first;;) {
      if (this.#chain.length > MOST_SCRIPTS) {
        const reason = `It is the interpreter of script number ` +
          `${MOST_SCRIPTS + 1} in a row, and at most ${MOST_SCRIPTS} may be`;
        return this.#error(current, "ELOOP", reason);
      }
      const line = parseShebang(file.read(0, HEAD_SIZE));
      if (line.kind === "invalid") {
        return this.#error(current, "ENOEXEC", line.reason);
      }
      if (line.kind === "none") return this.#load(current, file);
      if (this.#descriptor?.closeOnExec) {
        const reason = "It is a script whose descriptor closes on exec, so " +
          "no interpreter could open it";
        return this.#error(current, "ENOENT", reason);
      }

      const { interpreter, args, diagnostics } = line;
      this.#argv = [interpreter, ...args, current, ...this.#argv.slice(1)];
      area?.rewrite(interpreter.length, lengthsOf(args), current.length);
      const overflow = this.#overflow(current, area);
      if (overflow !== undefined) return overflow;
      this.#chain.push({ path: current, interpreter, args, diagnostics });
      const next = this.#open(interpreter);
      if (next.kind !== "file") return next;
      current = interpreter;
      file = next;
    }
  }

  #open(path: Uint8Array, descriptor?: Descriptor): OpenedFile | Resolution {
    const { files } = this.#execution;
    const file = descriptor === undefined
      ? files.open(path)
      : files.open(path, descriptor.fd);
    if (file.kind === "file") return file;
    const at = nameOf(path, descriptor);
    if (file.kind === "unknown") return this.#unknown(at, file.reason);
    return this.#error(at, file.code, file.reason ?? reasonOf(file.code));
  }

  /** What becomes of a file that is no script. */
  #load(path: Uint8Array, file: OpenedFile): Resolution {
    const { files, arch } = this.#execution;
    const loading = loadElf(file, files, arch);
    const level = this.#chain.length;
    const chain = this.#chain;
    if (loading.kind === "program") {
      const { elf } = loading;
      const argv = this.#argv;
      return { kind: "program", path, argv, chain, elf, comm: this.#comm() };
    }
    const { reason, loader } = loading;
    const place = loader === undefined
      ? { at: path, level }
      : { at: loader, level: level + 1 };
    if (loading.kind === "error") {
      return { kind: "error", code: loading.code, ...place, reason, chain };
    }
    if (loading.kind === "unknown") {
      return { kind: "unknown", ...place, reason, chain };
    }
    return { kind: "killed", signal: "SIGSEGV", ...place, reason, chain };
  }

  #comm(): Uint8Array | undefined {
    const { path } = this.#execution;
    if (path.length === 0) return undefined;
    return new Uint8Array(baseName(path).subarray(0, COMM_SIZE));
  }

  #overflow(at: Uint8Array, area?: ArgumentArea): Resolution | undefined {
    if (area?.overflow === undefined) return undefined;
    return this.#error(at, "E2BIG", overflowReason(area.overflow, area));
  }

  #error(at: Uint8Array, code: string, reason: string): Resolution {
    const chain = this.#chain;
    return { kind: "error", code, at, level: chain.length, reason, chain };
  }

  #unknown(at: Uint8Array, reason: string): Resolution {
    const chain = this.#chain;
    return { kind: "unknown", at, level: chain.length, reason, chain };
  }
}

/** What a script is called that is reached by a descriptor. */
function nameOf(path: Uint8Array, descriptor?: Descriptor): Uint8Array {
  if (descriptor === undefined) return path;
  const name = ascii(`/dev/fd/${descriptor.fd}`);
  return path.length === 0 ? name : concat(name, Uint8Array.of(SLASH), path);
}

function overflowReason(overflow: Overflow, area: ArgumentArea): string {
  const { kind, index, bytes } = area.largest;
  const name = {
    path: "the path",
    argument: `argument ${index}`,
    variable: `variable ${index} of the environment`,
  }[kind];
  const largest = `the largest string is ${name} with ${bytes} bytes`;
  if (overflow === "string") {
    return `One string is longer than 32 pages: ${largest}`;
  }
  if (overflow === "total") {
    return `Arguments and environment take ${area.used} bytes of ` +
      `${area.limit}: ${largest}`;
  }
  return "Arguments and environment take more than the stack may have: " +
    largest;
}
