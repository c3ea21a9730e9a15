import { arch } from "@procctl/libc/library";
import { syscallNumber } from "@procctl/syscalls/names";
import { abiOf } from "./_abi.ts";
import { AddressSpace } from "./_address_space.ts";
import { CallChanges } from "./_changes.ts";
import type { Word } from "./_check.ts";
import type { CallInTask } from "./_scratch_memory.ts";
import { AUDIT_ARCH_AARCH64, AUDIT_ARCH_X86_64 } from "./constants.ts";
import type { SyscallInfo } from "./syscall_info.ts";
import type { EnterEvent, LeaveEvent } from "./_syscall_events.ts";
import type { TracerEvent } from "./tracer_event.ts";

const AUDIT_ARCH = {
  "x86_64": AUDIT_ARCH_X86_64,
  "aarch64": AUDIT_ARCH_AARCH64,
} as const;

/** What a task is doing. */
export type TaskState = "running" | "stopped" | "group-stopped" | "ended";

/** The system call that a task is in, or was in last. */
export class Call {
  /** What is changed of it. */
  readonly changes: CallChanges = new CallChanges();
  /** Its number. */
  nr = -1;
  /** By whose rules it is made, an `AUDIT_ARCH_*`. */
  auditArch = 0;

  /** What the kernel tells of its last stop. */
  get info(): SyscallInfo {
    return this.changes.info;
  }

  /** Its arguments. */
  get args(): BigUint64Array<ArrayBuffer> {
    return this.changes.args;
  }

  /** The task is at its entry: keeps what is not told any more at the exit. */
  enter(): void {
    const { changes } = this;
    this.nr = changes.info.nr;
    this.auditArch = changes.info.arch;
    changes.entered();
  }

  /** It is the exec of the tracer's own child, whose arguments are nobody's. */
  enterExec(): void {
    this.nr = syscallNumber("execve", arch())!;
    this.auditArch = AUDIT_ARCH[arch()];
  }

  /** Becomes the same as another one; what is to be changed stays behind. */
  assign({ nr, auditArch, info, args }: Call): void {
    this.nr = nr;
    this.auditArch = auditArch;
    this.info.bytes.set(info.bytes);
    this.args.set(args);
    this.changes.forget();
  }
}

/** A task that is traced: a thread, or a process that has only one. */
export class Task {
  /** Its number: that of the process once it has executed a program. */
  readonly tid: number;
  /** The process that it belongs to. */
  readonly pid: number;
  /** What it is doing. */
  state: TaskState = "running";
  /** The event that it stands still at. */
  event: TracerEvent | undefined;
  /** The events of its system calls, which are used again and again. */
  enterEvent: EnterEvent | undefined;
  leaveEvent: LeaveEvent | undefined;
  /** The system call that it is in, or was in last. */
  readonly call: Call = new Call();
  /** Whether it has entered that call, and has not come back. */
  inCall = false;
  /** Whether that call is one of those that are told. */
  isTold = true;
  /** The signal that it goes on with. */
  signal = 0;
  /** Whether it is left alone at its first stop: it is not to be followed. */
  isUnwanted = false;
  /** Whether it is stopped at that call's entry or exit. */
  isAtCall = false;
  /**
   * Whether its process was stopped while it made an extra call: that it has to
   * stop too must be asked for each time that it goes on.
   */
  isStopDue = false;
  #space: AddressSpace | undefined;
  #usesSpace = false;

  constructor(tid: number, pid: number) {
    this.tid = tid;
    this.pid = pid;
  }

  /** Its memory. */
  get space(): AddressSpace {
    return this.#space ??= new AddressSpace().join(this.tid);
  }
  set space(space: AddressSpace) {
    this.#space = space;
  }

  /** Writes bytes until its call is over. */
  replaceBytes(address: Word, bytes: Uint8Array): void {
    this.#usesSpace = true;
    this.space.replace(this.tid, address, bytes);
  }

  /** Puts bytes where there is room until its call is over; returns where. */
  placeBytes(bytes: Uint8Array, call: CallInTask): bigint {
    const { tid, space } = this;
    const { auditArch, nr } = this.call;
    this.#usesSpace = true;
    const abi = abiOf(auditArch, nr);
    const address = space.scratch.allocate(tid, bytes.length, abi, call);
    space.write(tid, address, bytes);
    return address;
  }

  /** Its call is over: the program's own bytes come back. */
  callIsOver(): void {
    if (!this.#usesSpace) return;
    this.#usesSpace = false;
    this.space.callIsOver(this.tid);
  }

  /**
   * It has ended, or has other memory after an exec.
   *
   * @param formerTid The number that it had until then.
   */
  leaveSpace(formerTid: number = this.tid): void {
    this.#space?.leave(formerTid);
    this.#space?.leave(this.tid);
    this.#space = undefined;
    this.#usesSpace = false;
  }

  /** It did not come back from an extra call: what became of it will be told. */
  goOn(): void {
    this.event = undefined;
    this.state = "running";
  }

  /** Takes over the call that another one was in. */
  takeCall(from: Task): void {
    this.inCall = from.inCall;
    this.isTold = from.isTold;
    this.call.assign(from.call);
  }

  /** One that is the same as it is now, and that does not change any more. */
  snapshot(): Task {
    const copy = new Task(this.tid, this.pid);
    copy.takeCall(this);
    return copy;
  }
}
