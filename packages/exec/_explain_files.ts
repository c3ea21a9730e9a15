import { errnoName } from "@procctl/libc";
import type { ExecutableFiles } from "@procctl/shebang";
import { type RegisteredFormat, registeredFormats } from "./_binfmt_misc.ts";
import { checkErrno } from "./_execveat.ts";
import { accessErrno, readPart, statusOf } from "./_explain_file_system.ts";
import { type DescribedFault, findFault } from "./_explain_path.ts";
import { AT_FDCWD } from "./at_flags.ts";

const EACCES = 13;
const HEAD_SIZE = 256;

/** The real files, and what was found to be wrong with them. */
export class RealFiles implements ExecutableFiles {
  /** What is wrong with each path that could not be opened, in hexadecimal. */
  readonly #faults = new Map<string, DescribedFault>();
  readonly #canAsk = canAskKernel();
  #formats: RegisteredFormat[] | undefined;

  open(
    path: Uint8Array,
    descriptor?: number,
  ): ReturnType<ExecutableFiles["open"]> {
    if (descriptor !== undefined) return this.open(pathOf(descriptor, path));
    // For the empty path of a line the kernel opens the current directory.
    if (path.length === 0) {
      const reason = "It is empty, and the current directory is in its place";
      return { kind: "error", code: "EACCES", reason };
    }
    const errno = this.#canAsk
      ? checkErrno(AT_FDCWD, path, 0)
      : this.#guessErrno(path);
    if (errno !== 0) return this.#error(path, errno);
    const head = readPart(path, 0, HEAD_SIZE);
    if (head === undefined) {
      const reason = "It may be executed but not be read, so its format is " +
        "not known";
      return { kind: "unknown", reason };
    }
    const format = this.#formatOf(path, head);
    if (format !== undefined) {
      const reason = `Its format was registered as "${format.name}" with ` +
        `binfmt_misc, for "${format.interpreter}"`;
      return { kind: "unknown", reason };
    }
    return {
      kind: "file",
      read: (offset, length) =>
        readPart(path, offset, length) ?? new Uint8Array(),
    };
  }

  enter(path: Uint8Array): ReturnType<NonNullable<ExecutableFiles["enter"]>> {
    const status = statusOf(path, { follow: true });
    const errno = typeof status === "number"
      ? -status
      : status.type === "a directory"
      ? -accessErrno(path)
      : 20; // ENOTDIR
    return errno === 0 ? undefined : { kind: "error", code: errnoName(errno) };
  }

  /** What is wrong with a path that could not be opened, if it is known. */
  faultOf(path: Uint8Array): DescribedFault | undefined {
    return this.#faults.get(path.toHex());
  }

  #error(path: Uint8Array, errno: number) {
    const fault = findFault(path, errno);
    if (fault !== undefined) this.#faults.set(path.toHex(), fault);
    return {
      kind: "error",
      code: errnoName(errno),
      ...(fault && { reason: reasonOf(path, fault) }),
    } as const;
  }

  /** What the kernel would say, before Linux 6.14, where it cannot be asked. */
  #guessErrno(path: Uint8Array): number {
    const errno = -accessErrno(path);
    if (errno !== 0) return errno;
    const status = statusOf(path, { follow: true });
    if (typeof status === "number") return -status;
    return status.type === "a regular file" ? 0 : EACCES;
  }

  #formatOf(
    path: Uint8Array,
    head: Uint8Array,
  ): RegisteredFormat | undefined {
    this.#formats ??= registeredFormats();
    return this.#formats.find((format) => format.matches(path, head));
  }
}

/** A path that leads through a descriptor, also through one of O_PATH. */
function pathOf(descriptor: number, path: Uint8Array): Uint8Array {
  const name = new TextEncoder().encode(`/proc/self/fd/${descriptor}`);
  if (path.length === 0) return name;
  const joined = new Uint8Array(name.length + 1 + path.length);
  joined.set(name);
  joined[name.length] = 0x2f; // "/"
  joined.set(path, name.length + 1);
  return joined;
}

let canAsk: boolean | undefined;

/** Whether execveat(2) can be asked without executing: since Linux 6.14. */
function canAskKernel(): boolean {
  const root = new TextEncoder().encode("/");
  canAsk ??= checkErrno(AT_FDCWD, root, 0) === EACCES;
  return canAsk;
}

/** A sentence about a file: "It" is the file itself. */
function reasonOf(path: Uint8Array, fault: DescribedFault): string {
  const isItself = fault.path.length === path.length;
  const subject = isItself
    ? "It"
    : JSON.stringify(new TextDecoder().decode(fault.path));
  return `${subject} ${fault.predicate}`;
}
