/**
 * The general registers of a task, by their names.
 *
 * @module
 */

import { arch } from "@procctl/libc/library";
import { toWord } from "./_check.ts";

/** The order of x86_64's `struct user_regs_struct`. */
const X86_64 = [
  "r15",
  "r14",
  "r13",
  "r12",
  "rbp",
  "rbx",
  "r11",
  "r10",
  "r9",
  "r8",
  "rax",
  "rcx",
  "rdx",
  "rsi",
  "rdi",
  "orig_rax",
  "rip",
  "cs",
  "eflags",
  "rsp",
  "ss",
  "fs_base",
  "gs_base",
  "ds",
  "es",
  "fs",
  "gs",
] as const;

/** The order of aarch64's `struct user_pt_regs`. */
const AARCH64 = [
  "x0",
  "x1",
  "x2",
  "x3",
  "x4",
  "x5",
  "x6",
  "x7",
  "x8",
  "x9",
  "x10",
  "x11",
  "x12",
  "x13",
  "x14",
  "x15",
  "x16",
  "x17",
  "x18",
  "x19",
  "x20",
  "x21",
  "x22",
  "x23",
  "x24",
  "x25",
  "x26",
  "x27",
  "x28",
  "x29",
  "x30",
  "sp",
  "pc",
  "pstate",
] as const;

/** Makes registers properties of a class: each is read when it is asked for. */
function defineRegisters(prototype: object, names: readonly string[]): void {
  names.forEach((name, index) => {
    Object.defineProperty(prototype, name, {
      get(this: UserRegs): bigint {
        return this.words[index]!;
      },
      set(this: UserRegs, value: bigint) {
        this.words[index] = toWord(value, name);
      },
    });
  });
}

/**
 * The registers of x86_64: `struct user_regs_struct`. A task of 32 bits has them too.
 *
 * @example Usage
 * ```ts
 * import { UserRegsX64 } from "@procctl/ptrace/user-regs";
 *
 * const regs = new UserRegsX64();
 * regs.rax = 42n;
 * console.log(regs.rax); // prints: 42n
 * ```
 */
export class UserRegsX64 {
  /** Which registers these are. */
  readonly kind = "x86_64";
  /** The structure itself, as the kernel has it. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same, register by register. */
  readonly words: BigUint64Array<ArrayBuffer>;
  /** General purpose. */
  declare r15: bigint;
  /** General purpose. */
  declare r14: bigint;
  /** General purpose. */
  declare r13: bigint;
  /** General purpose. */
  declare r12: bigint;
  /** General purpose, or the frame of a function. */
  declare rbp: bigint;
  /** General purpose. */
  declare rbx: bigint;
  /** General purpose; a system call destroys it. */
  declare r11: bigint;
  /** General purpose: a system call's fourth argument. */
  declare r10: bigint;
  /** General purpose: a call's sixth argument. */
  declare r9: bigint;
  /** General purpose: a call's fifth argument. */
  declare r8: bigint;
  /** General purpose: what a call returns. */
  declare rax: bigint;
  /** General purpose; a system call destroys it. */
  declare rcx: bigint;
  /** General purpose: a call's third argument. */
  declare rdx: bigint;
  /** General purpose: a call's second argument. */
  declare rsi: bigint;
  /** General purpose: a call's first argument. */
  declare rdi: bigint;
  /** The number of the system call that it is in, or -1. */
  declare orig_rax: bigint;
  /** Where the program is. */
  declare rip: bigint;
  /** The segment of the code: 0x33 for 64 bits, 0x23 for 32. */
  declare cs: bigint;
  /** The flags. */
  declare eflags: bigint;
  /** Where its stack is. */
  declare rsp: bigint;
  /** The segment of the stack. */
  declare ss: bigint;
  /** Where the segment FS begins: the thread's own variables. */
  declare fs_base: bigint;
  /** Where the segment GS begins. */
  declare gs_base: bigint;
  /** A segment. */
  declare ds: bigint;
  /** A segment. */
  declare es: bigint;
  /** A segment. */
  declare fs: bigint;
  /** A segment. */
  declare gs: bigint;

  /** Makes a view of registers, all 0. */
  constructor() {
    this.words = new BigUint64Array(new ArrayBuffer(8 * X86_64.length));
    this.bytes = new Uint8Array(this.words.buffer);
  }

  /** Where the program is. */
  get instructionPointer(): bigint {
    return this.rip;
  }
  /** Where the program is. */
  set instructionPointer(value: bigint) {
    this.rip = value;
  }

  /** Where its stack is. */
  get stackPointer(): bigint {
    return this.rsp;
  }
  /** Where its stack is. */
  set stackPointer(value: bigint) {
    this.rsp = value;
  }

  /** What a call returns. */
  get returnValue(): bigint {
    return this.rax;
  }
  /** What a call returns. */
  set returnValue(value: bigint) {
    this.rax = value;
  }

  static {
    defineRegisters(this.prototype, X86_64);
  }
}

/**
 * The registers of aarch64: `struct user_pt_regs`.
 *
 * @example Usage
 * ```ts
 * import { UserRegsAarch64 } from "@procctl/ptrace/user-regs";
 *
 * const regs = new UserRegsAarch64();
 * regs.x0 = 42n;
 * console.log(regs.x0); // prints: 42n
 * ```
 */
export class UserRegsAarch64 {
  /** Which registers these are. */
  readonly kind = "aarch64";
  /** The structure itself, as the kernel has it. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same, register by register. */
  readonly words: BigUint64Array<ArrayBuffer>;
  /** General purpose: a call's first argument, and what it returns. */
  declare x0: bigint;
  /** General purpose. */
  declare x1: bigint;
  /** General purpose. */
  declare x2: bigint;
  /** General purpose. */
  declare x3: bigint;
  /** General purpose. */
  declare x4: bigint;
  /** General purpose. */
  declare x5: bigint;
  /** General purpose. */
  declare x6: bigint;
  /** General purpose; at a system call's stops the kernel overwrites it. */
  declare x7: bigint;
  /** General purpose: the number of a system call at its entry. */
  declare x8: bigint;
  /** General purpose. */
  declare x9: bigint;
  /** General purpose. */
  declare x10: bigint;
  /** General purpose. */
  declare x11: bigint;
  /** General purpose. */
  declare x12: bigint;
  /** General purpose. */
  declare x13: bigint;
  /** General purpose. */
  declare x14: bigint;
  /** General purpose. */
  declare x15: bigint;
  /** General purpose. */
  declare x16: bigint;
  /** General purpose. */
  declare x17: bigint;
  /** General purpose. */
  declare x18: bigint;
  /** General purpose. */
  declare x19: bigint;
  /** General purpose. */
  declare x20: bigint;
  /** General purpose. */
  declare x21: bigint;
  /** General purpose. */
  declare x22: bigint;
  /** General purpose. */
  declare x23: bigint;
  /** General purpose. */
  declare x24: bigint;
  /** General purpose. */
  declare x25: bigint;
  /** General purpose. */
  declare x26: bigint;
  /** General purpose. */
  declare x27: bigint;
  /** General purpose. */
  declare x28: bigint;
  /** General purpose, or the frame of a function. */
  declare x29: bigint;
  /** General purpose, or where a function returns to. */
  declare x30: bigint;
  /** Where its stack is. */
  declare sp: bigint;
  /** Where the program is. */
  declare pc: bigint;
  /** The flags. */
  declare pstate: bigint;

  /** Makes a view of registers, all 0. */
  constructor() {
    this.words = new BigUint64Array(new ArrayBuffer(8 * AARCH64.length));
    this.bytes = new Uint8Array(this.words.buffer);
  }

  /** Where the program is. */
  get instructionPointer(): bigint {
    return this.pc;
  }
  /** Where the program is. */
  set instructionPointer(value: bigint) {
    this.pc = value;
  }

  /** Where its stack is. */
  get stackPointer(): bigint {
    return this.sp;
  }
  /** Where its stack is. */
  set stackPointer(value: bigint) {
    this.sp = value;
  }

  /** What a call returns. */
  get returnValue(): bigint {
    return this.x0;
  }
  /** What a call returns. */
  set returnValue(value: bigint) {
    this.x0 = value;
  }

  static {
    defineRegisters(this.prototype, AARCH64);
  }
}

/**
 * The general registers of a task: a view of the kernel's structure, of which
 * nothing is decoded before it is asked for. `kind` tells which there are;
 * `instructionPointer`, `stackPointer` and `returnValue` are on all.
 */
export type UserRegs = UserRegsX64 | UserRegsAarch64;

/**
 * Makes room for the registers of a task of this machine, to be used again and
 * again.
 *
 * @returns Registers, all 0.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const regs = ptrace.createUserRegs();
 * const pid = ptrace.startTraced(["/bin/true"]);
 * for (let i = 0; i < 3; i++) {
 *   ptrace.singlestep(pid);
 *   ptrace.waitFor(pid);
 *   ptrace.getregs(pid, regs);
 * }
 * console.log(regs.instructionPointer > 0n); // prints: true
 * ```
 */
export function createUserRegs(): UserRegs {
  return arch() === "x86_64" ? new UserRegsX64() : new UserRegsAarch64();
}
