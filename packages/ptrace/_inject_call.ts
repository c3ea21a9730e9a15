/**
 * Running a system call in a task that is stopped at one of its own.
 *
 * The task makes it with the instruction of the call that it is at: at an entry
 * the number is changed, and the instruction is gone back to and met once more;
 * at an exit it is gone back to for the other call. In the end all registers
 * are as they were, and the task is stopped at the same place.
 */

import { lazySymbols, SystemError } from "@procctl/libc";
import { syscallNumber } from "@procctl/syscalls";
import { setArgument, setNumber } from "./_call_registers.ts";
import { nextStop, type Stop } from "./_next_stop.ts";
import { readStatus } from "./_proc_status.ts";
import { getregs, setregs } from "./_register_requests.ts";
import { syscall } from "./_resume_requests.ts";
import { getsiginfo, getsigmask, setsigmask } from "./_signal_requests.ts";
import { getSyscallInfo } from "./_syscall_requests.ts";
import { PTRACE_EVENT_SECCOMP, PTRACE_EVENT_STOP } from "./constants.ts";
import { SyscallInfo, type SyscallInfoKind } from "./syscall_info.ts";
import { createUserRegs, type UserRegs } from "./user_regs.ts";

const libc = lazySymbols({
  // int tgkill(pid_t tgid, pid_t tid, int sig)
  tgkill: { parameters: ["i32", "i32", "i32"], result: "i32" },
});

/** A call that a task is to make. */
export interface ExtraCall {
  /** Its number, by the rules of the call that the task is at. */
  readonly nr: number;
  /** What it is given, six arguments at the most. */
  readonly args: readonly bigint[];
}

/** What became of it. */
export type CallOutcome =
  /**
   * It returned; an error is a negated number. If a stop is due, its process was
   * stopped meanwhile: the tracer is to request `PTRACE_INTERRUPT` whenever it
   * resumes the task, until that has stopped too, as any other stop cancels the
   * request.
   */
  | { kind: "returned"; result: bigint; isStopDue: boolean }
  /**
   * The task did not come back: it is dying, or another thread has executed a
   * program. What has become of it is still to be waited for.
   */
  | { kind: "left" };

const ESRCH = 3;
const EINTR = 4;
const ENOSYS = 38;
const SIGTRAP = 5;
const SIGSYS = 31;
/** si_code of SIGSYS: a filter of the program's own has sent it. */
const SYS_SECCOMP = 1;
/** All signals but SIGSYS: one that is forced on a task must not be blocked. */
const ALL_SIGNALS = ~(1n << BigInt(SIGSYS - 1)) & (2n ** 64n - 1n);
/** How long the instruction of a system call is. */
const INSTRUCTION_LENGTH = { "x86_64": 2n, "aarch64": 4n } as const;

/** What a call returns inside the kernel when a signal has interrupted it. */
function isRestart(result: bigint): boolean {
  return result <= -512n && result >= -516n;
}

/**
 * Runs a system call in a task, at an entry, a filter's stop, or an exit.
 *
 * Signals wait until it is over. SIGSTOP, which cannot, is sent once more then.
 * What the task waits for in the call, this thread waits for. A call that a
 * filter of the program's own traps is ENOSYS; at an exit the program still
 * gets the SIGSYS.
 *
 * @param tid The task.
 * @param stop What `getSyscallInfo` tells of the stop.
 * @param call The call.
 * @param ownArgument The first argument of the call that the task is at, as the
 * program gave it: at an exit the kernel no longer tells.
 */
export function injectCall(
  tid: number,
  stop: SyscallInfo,
  call: ExtraCall,
  ownArgument: bigint = stop.args[0]!,
): CallOutcome {
  try {
    return new Injection(tid, stop, call, ownArgument).run();
  } catch (error) {
    if (!(error instanceof SystemError) || error.errno !== ESRCH) throw error;
    return { kind: "left" };
  }
}

const saved = createUserRegs();
const regs = createUserRegs();
const info = new SyscallInfo();

class Injection {
  #kind: SyscallInfoKind;
  #nr: number;
  #arch: number;
  /** Signals that came although all were blocked. */
  #kept: number[] = [];
  #isStopDue = false;
  #isRefused = false;

  constructor(
    readonly tid: number,
    stop: SyscallInfo,
    readonly call: ExtraCall,
    readonly ownArgument: bigint,
  ) {
    this.#kind = stop.kind;
    this.#nr = stop.nr;
    this.#arch = stop.arch;
  }

  run(): CallOutcome {
    const { tid } = this;
    getregs(tid, saved);
    const mask = getsigmask(tid);
    setsigmask(tid, ALL_SIGNALS);
    const result = this.#kind === "exit"
      ? this.#runAtExit()
      : this.#runAtEntry();
    if (result === undefined) return { kind: "left" };
    setregs(tid, saved);
    setsigmask(tid, mask);
    this.#makeUp();
    const isStopDue = this.#isStopDue;
    return { kind: "returned", result: this.#resultOf(result), isStopDue };
  }

  #resultOf(result: bigint): bigint {
    if (this.#isRefused) return BigInt(-ENOSYS);
    return isRestart(result) ? BigInt(-EINTR) : result;
  }

  #runAtEntry(): bigint | undefined {
    const { tid, call } = this;
    copy(saved, regs);
    this.#giveArguments();
    setNumber(tid, regs, call.nr);
    setregs(tid, regs);
    if (!this.#reaches("exit")) return undefined;
    const result = info.rval;
    goBack(regs, saved, BigInt(this.#nr));
    setregs(tid, regs);
    return this.#reaches(this.#kind) ? result : undefined;
  }

  #runAtExit(): bigint | undefined {
    const { tid, call } = this;
    goBack(regs, saved, BigInt(call.nr));
    this.#giveArguments();
    setregs(tid, regs);
    if (!this.#reaches("entry") || !this.#reaches("exit")) return undefined;
    const result = info.rval;
    return this.#remindOfRestart() ? result : undefined;
  }

  /**
   * aarch64 restarts a call that was interrupted with the first argument of the
   * last one that the task has entered. No request tells it, or sets it on all
   * kernels: the task enters another call with it, one that does nothing.
   */
  #remindOfRestart(): boolean {
    if (saved.kind !== "aarch64") return true;
    if (!isRestart(BigInt.asIntN(64, saved.x0))) return true;
    goBack(regs, saved, BigInt(syscallNumber("getpid", "aarch64")!));
    setArgument(regs, this.#arch, 0, this.ownArgument);
    setregs(this.tid, regs);
    return this.#reaches("entry") && this.#reaches("exit");
  }

  #giveArguments(): void {
    for (let index = 0; index < 6; index++) {
      const value = this.call.args[index] ?? 0n;
      setArgument(regs, this.#arch, index, value);
    }
  }

  /** Lets the task go on to a stop of a call; false if it does not get there. */
  #reaches(kind: SyscallInfoKind): boolean {
    const { tid } = this;
    for (;;) {
      syscall(tid);
      const stop = nextStop(tid);
      if (stop === undefined) return false;
      if (stop.event === PTRACE_EVENT_STOP) {
        this.#isStopDue = true;
      } else if (isCallStop(stop)) {
        getSyscallInfo(tid, info);
        if (info.kind === kind) return true;
      } else {
        this.#keep(stop.signal);
      }
    }
  }

  /** A signal is about to be delivered: it has to wait. */
  #keep(signal: number): void {
    const isRefusal = signal === SIGSYS &&
      getsiginfo(this.tid).code === SYS_SECCOMP;
    if (isRefusal) this.#isRefused = true;
    else this.#kept.push(signal);
  }

  /** Signals that had to wait come when the task goes on. */
  #makeUp(): void {
    if (this.#kept.length === 0) return;
    const process = readStatus(this.tid)?.process ?? this.tid;
    for (const signal of this.#kept) libc.tgkill(process, this.tid, signal);
  }
}

function isCallStop({ signal, event }: Stop): boolean {
  return signal === (SIGTRAP | 0x80) || event === PTRACE_EVENT_SECCOMP;
}

/** Puts a task before the instruction of its call, which it then makes. */
function goBack(regs: UserRegs, from: UserRegs, nr: bigint): void {
  copy(from, regs);
  regs.instructionPointer -= INSTRUCTION_LENGTH[regs.kind];
  if (regs.kind === "x86_64") {
    regs.rax = BigInt.asUintN(64, nr);
    // It is in no call: there is nothing to restart.
    regs.orig_rax = -1n;
  } else {
    regs.x8 = nr;
  }
}

function copy(from: UserRegs, to: UserRegs): void {
  to.bytes.set(from.bytes);
}
