/**
 * The system call that a tracee is stopped at.
 *
 * @module
 */

import {
  PTRACE_SYSCALL_INFO_ENTRY,
  PTRACE_SYSCALL_INFO_EXIT,
  PTRACE_SYSCALL_INFO_SECCOMP,
} from "./constants.ts";

const SIZE = 88;

/** Where a task is stopped, as far as system calls go. */
export type SyscallInfoKind = "none" | "entry" | "exit" | "seccomp";

/**
 * What system call a task is stopped at: a view of the kernel's
 * `struct ptrace_syscall_info`, which can be used again and again. Nothing is
 * decoded before it is asked for.
 *
 * `nr` and `args` hold something at an entry and at a filter's stop, `rval` and
 * `isError` at an exit.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const options = ptrace.PTRACE_O_TRACESYSGOOD | ptrace.PTRACE_O_EXITKILL;
 * const pid = ptrace.startTraced(["/bin/true"], options);
 * ptrace.syscall(pid);
 * ptrace.waitFor(pid);
 * const info = ptrace.getSyscallInfo(pid);
 * console.log(info.kind, info.rval); // prints: exit 0n
 * ```
 */
export class SyscallInfo {
  /** The structure itself, 88 bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The six arguments, as registers hold them: live, and to be changed. */
  readonly args: BigUint64Array<ArrayBuffer>;
  #view: DataView<ArrayBuffer>;

  /** Makes a view of a structure of its own. */
  constructor() {
    const buffer = new ArrayBuffer(SIZE);
    this.bytes = new Uint8Array(buffer);
    this.args = new BigUint64Array(buffer, 32, 6);
    this.#view = new DataView(buffer);
  }

  /** The kind of stop, as a `PTRACE_SYSCALL_INFO_*`. */
  get op(): number {
    return this.bytes[0]!;
  }

  /** The kind of stop. */
  get kind(): SyscallInfoKind {
    switch (this.bytes[0]) {
      case PTRACE_SYSCALL_INFO_ENTRY:
        return "entry";
      case PTRACE_SYSCALL_INFO_EXIT:
        return "exit";
      case PTRACE_SYSCALL_INFO_SECCOMP:
        return "seccomp";
      default:
        return "none";
    }
  }

  /** By whose rules the call is made, an `AUDIT_ARCH_*`: it can change. */
  get arch(): number {
    return this.#view.getUint32(4, true);
  }

  /** Where the program is. */
  get instructionPointer(): bigint {
    return this.#view.getBigUint64(8, true);
  }

  /** Where its stack is. */
  get stackPointer(): bigint {
    return this.#view.getBigUint64(16, true);
  }

  /**
   * The number of the system call, with its sign: programs can ask for -1. A
   * call of x32 has bit 30 set.
   */
  get nr(): number {
    return this.#view.getInt32(24, true);
  }
  /**
   * The number of the system call, with its sign: programs can ask for -1. A
   * call of x32 has bit 30 set.
   */
  set nr(value: number) {
    this.#view.setBigInt64(24, BigInt(value), true);
  }

  /**
   * An argument as a number: exact for what has at most 53 bits, as addresses
   * and sizes do.
   *
   * @param index Which, 0 to 5.
   * @returns The argument, without a sign.
   *
   * @example Usage
   * ```ts
   * import { SyscallInfo } from "@procctl/ptrace/syscall-info";
   *
   * const info = new SyscallInfo();
   * info.args[1] = 0x7fff_0000_0000n;
   * console.log(info.argNumber(1) === 0x7fff_0000_0000); // prints: true
   * ```
   */
  argNumber(index: number): number {
    const at = 32 + 8 * index;
    return this.#view.getUint32(at, true) +
      this.#view.getUint32(at + 4, true) * 2 ** 32;
  }

  /** What the call returns; an error is a negated number. */
  get rval(): bigint {
    return this.#view.getBigInt64(24, true);
  }
  /** What the call returns; an error is a negated number. */
  set rval(value: bigint) {
    this.#view.setBigInt64(24, value, true);
  }

  /** What the call returns, as a number: exact from -2^53 to 2^53. */
  get rvalNumber(): number {
    return this.#view.getUint32(24, true) +
      this.#view.getInt32(28, true) * 2 ** 32;
  }

  /** Whether it failed. */
  get isError(): boolean {
    return this.bytes[32] !== 0;
  }
  /** Whether it failed. */
  set isError(value: boolean) {
    this.bytes[32] = Number(value);
  }

  /** At a filter's stop: the data of its `SECCOMP_RET_TRACE`. */
  get retData(): number {
    return this.#view.getUint32(80, true);
  }
}
