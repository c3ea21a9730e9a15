import { toWord, type Word } from "./_check.ts";
import {
  getArgument,
  isResultRegister,
  setArgument,
} from "./_call_registers.ts";
import { getregs, setregs } from "./_register_requests.ts";
import { type WriteCall, writeCall } from "./_write_call.ts";
import { AUDIT_ARCH_I386 } from "./constants.ts";
import { SyscallInfo } from "./syscall_info.ts";
import { createUserRegs, type UserRegs } from "./user_regs.ts";

/** The number of a call that is not made. */
const NO_CALL = -1;
const ARGUMENTS = 6;
/** The kernel's errors are -1 to -4095. */
const LEAST_ERROR = -4095n;

const regs = createUserRegs();

/** Arguments that a call was given instead of the program's own. */
interface Replaced {
  /** By whose rules it was made, an `AUDIT_ARCH_*`. */
  readonly arch: number;
  readonly own: BigUint64Array;
  readonly given: BigUint64Array;
}

/**
 * What a tracer changes of one task's system calls, one after the other.
 *
 * Nothing is written before the task is resumed: then `args` are compared with
 * what the kernel has told. A program expects its registers to survive a system
 * call, so that changed arguments are put back when it is over.
 *
 * A tracer reads into `info` at each stop of a call, and says then what it is:
 * {@linkcode entered} or {@linkcode exited}; before it resumes the task, or
 * detaches from it, it calls {@linkcode apply}.
 */
export class CallChanges {
  /** What the kernel tells of the stop: the caller reads into it. */
  readonly info: SyscallInfo = new SyscallInfo();
  /** The arguments, to be changed between the entry and {@linkcode apply}. */
  readonly args: BigUint64Array<ArrayBuffer> = new BigUint64Array(ARGUMENTS);

  #write: WriteCall;
  /** Both halves of each word: to compare them makes no bigint. */
  #argsHalves = new Int32Array(this.args.buffer);
  #infoHalves = new Int32Array(
    this.info.args.buffer,
    this.info.args.byteOffset,
    2 * ARGUMENTS,
  );
  #replaced: Replaced | undefined;
  /** The registers of arguments of 32 bits, with what else is in them. */
  #wide: BigUint64Array | undefined;
  /** What the call is to return, instead of being made. */
  #skipped: bigint | undefined;
  /** Whether `info` has another result than the kernel. */
  #hasNewResult = false;

  /** @param write How changes are written: for tests of one way. */
  constructor(write: WriteCall = writeCall) {
    this.#write = write;
  }

  /** The task is at the entry of a call, and `info` tells of it. */
  entered(): void {
    this.forget();
    if (this.info.arch === AUDIT_ARCH_I386) this.#narrow();
    this.#argsHalves.set(this.#infoHalves);
  }

  /** A program of 64 bits can have more in its registers than is an argument. */
  #narrow(): void {
    this.#wide = this.info.args.slice();
    for (let half = 1; half < 2 * ARGUMENTS; half += 2) {
      this.#infoHalves[half] = 0;
    }
  }

  /** The task is at the exit of a call, and `info` tells of it. */
  exited(): void {
    if (this.#skipped === undefined) return;
    this.result = this.#skipped;
    this.#skipped = undefined;
  }

  /**
   * The call is over, and there is nothing to put back: an exec gave the task
   * other registers.
   */
  forget(): void {
    this.#replaced = undefined;
    this.#wide = undefined;
    this.#skipped = undefined;
    this.#hasNewResult = false;
  }

  /** At an entry: the call is not made, and returns this. */
  skip(result: Word): void {
    this.#skipped = BigInt.asIntN(64, toWord(result, "result"));
  }

  /** At an entry: the call is not made, and fails. */
  fail(errno: number): void {
    this.skip(-errno);
  }

  /** Whether the stop at the call's exit is needed, for what was changed. */
  get needsExit(): boolean {
    return this.#skipped !== undefined || this.#replaced !== undefined;
  }

  /** The first argument as the program gave it, which a restart begins with. */
  get ownArgument(): bigint {
    return this.#replaced?.own[0] ??
      (this.info.kind === "exit" ? this.args[0]! : this.info.args[0]!);
  }

  /** At an exit: what the call returns, with its sign. */
  get result(): bigint {
    return this.info.rval;
  }
  /** At an exit: what the call returns, with its sign. */
  set result(value: Word) {
    const result = BigInt.asIntN(64, toWord(value, "result"));
    this.info.rval = result;
    this.info.isError = result < 0n && result >= LEAST_ERROR;
    this.#hasNewResult = true;
  }

  /**
   * Writes what was changed at this stop, before the task leaves it.
   *
   * @throws {SystemError} `ESRCH` if the task has died.
   */
  apply(tid: number): void {
    if (this.info.kind === "exit") this.#applyAtExit(tid);
    else this.#applyAtEntry(tid);
  }

  #applyAtEntry(tid: number): void {
    const { info } = this;
    if (this.#skipped !== undefined) {
      if (info.nr === NO_CALL) return;
      info.nr = NO_CALL;
    } else {
      if (!this.#areArgsChanged()) return;
      this.#replaced = {
        arch: info.arch,
        own: this.#replaced?.own ?? this.#wide ?? info.args.slice(),
        given: this.args.slice(),
      };
      info.args.set(this.args);
    }
    this.#write(tid, info);
  }

  #areArgsChanged(): boolean {
    for (let half = 0; half < 2 * ARGUMENTS; half++) {
      if (this.#argsHalves[half] !== this.#infoHalves[half]) return true;
    }
    return false;
  }

  #applyAtExit(tid: number): void {
    if (this.#replaced !== undefined) {
      getregs(tid, regs);
      putBack(this.#replaced, regs);
      if (this.#hasNewResult) regs.returnValue = this.info.rval;
      setregs(tid, regs);
    } else if (this.#hasNewResult) {
      this.#write(tid, this.info);
    }
    this.forget();
  }

  /**
   * Puts the program's own arguments into the registers of a task that this
   * call has made, a copy of its maker. The new task is stopped.
   */
  putBackIn(tid: number): void {
    if (this.#replaced === undefined) return;
    getregs(tid, regs);
    putBack(this.#replaced, regs);
    setregs(tid, regs);
  }
}

function putBack({ arch, own, given }: Replaced, regs: UserRegs): void {
  for (let index = 0; index < ARGUMENTS; index++) {
    if (isResultRegister(arch, index)) continue;
    // What the call itself has changed, as rt_sigreturn(2) does, stays.
    if (getArgument(regs, arch, index) !== given[index]) continue;
    setArgument(regs, arch, index, own[index]!);
  }
}
