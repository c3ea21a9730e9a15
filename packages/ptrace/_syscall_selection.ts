import { arch } from "@procctl/libc/library";
import { syscallNumber } from "@procctl/syscalls/names";
import { callName } from "./_abi.ts";
import type { Call } from "./_task.ts";
import { isX32, x32Name } from "./_x32.ts";

/** Some system calls, by name: those that are told. */
export class SyscallSelection {
  readonly names: ReadonlySet<string>;
  /** What was found of a number before; of i386 they are counted apart. */
  #known = new Map<number, boolean>();

  /** @throws {TypeError} If it is no list, or there is no call of a name. */
  constructor(names: readonly string[]) {
    // Text would be a list of its letters.
    if (!Array.isArray(names)) {
      throw new TypeError(
        `Cannot use ${
          JSON.stringify(names)
        } as syscalls: expected a list of names`,
      );
    }
    this.names = new Set(names);
    for (const name of this.names) checkName(name);
  }

  /** Whether a call is one of them. */
  has({ auditArch, nr }: Call): boolean {
    // The lower half of an AUDIT_ARCH_* is the machine, of less than 8 bits.
    const key = (auditArch & 0xff) * 2 ** 32 + (nr >>> 0);
    let isOne = this.#known.get(key);
    if (isOne === undefined) {
      isOne = this.names.has(
        isX32(nr) ? x32Name(nr) : callName(auditArch, nr),
      );
      this.#known.set(key, isOne);
    }
    return isOne;
  }
}

function checkName(name: string): void {
  const machine = arch();
  if (syscallNumber(name, machine) !== undefined) return;
  if (machine === "x86_64" && syscallNumber(name, "i386") !== undefined) return;
  throw new TypeError(
    `Cannot tell of the system call "${name}": ${machine} has none of that name`,
  );
}
