/**
 * Software breakpoints: stopping a program where it comes by.
 *
 * @module
 */

import { SystemError } from "@procctl/libc";
import { arch } from "@procctl/libc/library";
import { toAddress, type Word } from "./_check.ts";
import { getregs, setregs } from "./_register_requests.ts";
import { singlestep } from "./_resume_requests.ts";
import { getsiginfo } from "./_signal_requests.ts";
import type { ProcessMemory } from "./process_memory.ts";
import { createUserRegs } from "./user_regs.ts";
import { waitFor, type WaitStatus } from "./wait.ts";

/**
 * The instruction that is put in a program's way, how far the program is past
 * its beginning then, and the `si_code` of the SIGTRAP.
 */
const TRAPS = {
  // int3; SI_KERNEL
  "x86_64": { code: new Uint8Array([0xcc]), past: 1n, siCode: 0x80 },
  // brk #0; TRAP_BRKPT
  "aarch64": { code: new Uint8Array([0, 0, 0x20, 0xd4]), past: 0n, siCode: 1 },
} as const;

/**
 * A place in a program's code at which it stops with SIGTRAP: a software
 * breakpoint. It is there for all threads of the process.
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/true"]);
 * using memory = new ptrace.ProcessMemory(pid);
 * ptrace.singlestep(pid); // over the end of the exec, to the program itself
 * ptrace.waitFor(pid);
 * const { instructionPointer } = ptrace.getregs(pid);
 * using breakpoint = new ptrace.Breakpoint(memory, instructionPointer);
 * ptrace.cont(pid);
 * ptrace.waitFor(pid);
 * console.log(breakpoint.hit(pid)); // prints: true
 * breakpoint.stepOver(pid);
 * ptrace.cont(pid);
 * console.log(ptrace.waitFor(pid).kind); // prints: exited
 * ```
 */
export class Breakpoint implements Disposable {
  /** Where it is. */
  readonly address: bigint;
  #memory: ProcessMemory;
  #original: Uint8Array<ArrayBuffer> | undefined;

  /**
   * Sets a breakpoint.
   *
   * @param memory The memory of the process.
   * @param address Where an instruction begins.
   * @throws {SystemError} `EIO` if nothing is mapped there, `ESRCH` if the memory
   * is nobody's any more.
   * @throws {RangeError} If the address is out of its range.
   */
  constructor(memory: ProcessMemory, address: Word) {
    this.address = toAddress(address);
    this.#memory = memory;
    this.set();
  }

  /** Whether it is in the program. */
  get isSet(): boolean {
    return this.#original !== undefined;
  }

  /**
   * Puts it back in after {@linkcode remove}.
   *
   * @throws {SystemError} As the constructor does.
   *
   * @example Usage
   * ```ts
   * import * as ptrace from "@procctl/ptrace/requests";
   *
   * const pid = ptrace.startTraced(["/bin/true"]);
   * using memory = new ptrace.ProcessMemory(pid);
   * const { instructionPointer } = ptrace.getregs(pid);
   * const breakpoint = new ptrace.Breakpoint(memory, instructionPointer);
   * breakpoint.remove();
   * breakpoint.set();
   * console.log(breakpoint.isSet); // prints: true
   * ```
   */
  set(): void {
    if (this.#original !== undefined) return;
    const { code } = TRAPS[arch()];
    const original = this.#memory.read(this.address, code.length);
    this.#memory.write(this.address, code);
    this.#original = original;
  }

  /**
   * Takes it out: the program's own instruction is there again.
   *
   * @throws {SystemError} As the constructor does.
   *
   * @example Usage
   * ```ts
   * import * as ptrace from "@procctl/ptrace/requests";
   *
   * const pid = ptrace.startTraced(["/bin/true"]);
   * using memory = new ptrace.ProcessMemory(pid);
   * const { instructionPointer } = ptrace.getregs(pid);
   * const breakpoint = new ptrace.Breakpoint(memory, instructionPointer);
   * breakpoint.remove();
   * console.log(breakpoint.isSet); // prints: false
   * ```
   */
  remove(): void {
    if (this.#original === undefined) return;
    this.#memory.write(this.address, this.#original);
    this.#original = undefined;
  }

  /**
   * Whether a task was stopped by it. If so, the task is put right before the
   * instruction that belongs there: let it go on by {@linkcode stepOver}.
   *
   * @param tid The task, which is stopped with SIGTRAP.
   * @returns Whether it was.
   * @throws {SystemError} `ESRCH` if it is no tracee of this thread, or not
   * stopped.
   *
   * @example Usage
   * ```ts
   * import * as ptrace from "@procctl/ptrace/requests";
   *
   * const pid = ptrace.startTraced(["/bin/true"]);
   * using memory = new ptrace.ProcessMemory(pid);
   * const { instructionPointer } = ptrace.getregs(pid);
   * using breakpoint = new ptrace.Breakpoint(memory, instructionPointer);
   * console.log(breakpoint.hit(pid)); // prints: false
   * ptrace.cont(pid);
   * ptrace.waitFor(pid);
   * console.log(breakpoint.hit(pid)); // prints: true
   * ```
   */
  hit(tid: number): boolean {
    const { past, siCode } = TRAPS[arch()];
    if (!this.isSet || getsiginfo(tid).code !== siCode) return false;
    const regs = getregs(tid, createUserRegs());
    if (regs.instructionPointer !== this.address + past) return false;
    if (past > 0n) {
      regs.instructionPointer = this.address;
      setregs(tid, regs);
    }
    return true;
  }

  /**
   * Lets a task that it stopped execute the instruction that belongs there, and
   * no more. While it does, other threads of the process can pass by.
   *
   * @param tid The task, of which {@linkcode hit} is true.
   * @returns What became of it: stopped by SIGTRAP, if nothing came in between.
   * @throws {SystemError} `ESRCH` if it is no tracee of this thread, or not
   * stopped.
   *
   * @example Usage
   * ```ts
   * import * as ptrace from "@procctl/ptrace/requests";
   *
   * const pid = ptrace.startTraced(["/bin/true"]);
   * using memory = new ptrace.ProcessMemory(pid);
   * const { instructionPointer } = ptrace.getregs(pid);
   * using breakpoint = new ptrace.Breakpoint(memory, instructionPointer);
   * ptrace.cont(pid);
   * ptrace.waitFor(pid);
   * if (breakpoint.hit(pid)) console.log(breakpoint.stepOver(pid).kind); // prints: stopped
   * ```
   */
  stepOver(tid: number): WaitStatus {
    const wasSet = this.isSet;
    this.remove();
    singlestep(tid);
    const status = waitFor(tid);
    const hasEnded = status.kind === "exited" || status.kind === "signaled";
    if (wasSet && !hasEnded) this.set();
    return status;
  }

  /**
   * Takes it out, if the process is still there.
   *
   * @example Usage
   * ```ts
   * import * as ptrace from "@procctl/ptrace/requests";
   *
   * const pid = ptrace.startTraced(["/bin/true"]);
   * using memory = new ptrace.ProcessMemory(pid);
   * const { instructionPointer } = ptrace.getregs(pid);
   * using breakpoint = new ptrace.Breakpoint(memory, instructionPointer);
   * ptrace.kill(pid);
   * ptrace.waitFor(pid);
   * ```
   */
  [Symbol.dispose](): void {
    try {
      this.remove();
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      this.#original = undefined;
    }
  }
}
