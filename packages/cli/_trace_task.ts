/**
 * What is remembered of a traced task, and its system call as decoders see it.
 *
 * @module
 */

import type { SyscallArch } from "@procctl/syscalls";
import type { Call, Detail, Memory } from "./_trace_call.ts";
import { DecodedArguments } from "./_trace_plan.ts";

/** An event of a system call, as far as it is decoded. */
export interface SyscallEventLike {
  readonly tid: number;
  readonly nr: number;
  readonly name: string;
  readonly abi: SyscallArch | "x32";
  readonly args: BigUint64Array<ArrayBuffer>;
  readonly stackPointer: bigint;
  readBytes(address: number, length: number): Uint8Array<ArrayBuffer>;
}

const NO_BYTES = new Uint8Array(0);
const halves = new WeakMap<BigUint64Array<ArrayBuffer>, Uint32Array>();

/** The numbers of a register file, each as two. */
function halvesOf(args: BigUint64Array<ArrayBuffer>): Uint32Array {
  let found = halves.get(args);
  if (found === undefined) {
    found = new Uint32Array(args.buffer, args.byteOffset, 2 * args.length);
    halves.set(args, found);
  }
  return found;
}

/** A call as decoders see it; used again for each event of a task. */
export class TracedCall implements Call, Memory {
  readonly detail: Detail;
  readonly memory: Memory = this;
  tid = 0;
  nr = 0;
  name = "";
  arch: SyscallArch = "x86_64";
  halves!: Uint32Array;
  stackPointer = 0n;
  result = 0;
  #event!: SyscallEventLike;

  constructor(detail: Detail) {
    this.detail = detail;
  }

  /** Looks at an event, until the next one. */
  look(event: SyscallEventLike, result: bigint): void {
    this.#event = event;
    this.tid = event.tid;
    this.nr = event.nr;
    this.name = event.name;
    this.arch = event.abi === "x32" ? "x86_64" : event.abi;
    this.halves = halvesOf(event.args);
    this.stackPointer = event.stackPointer;
    this.result = Number(result);
  }

  /** Reads memory of the program. */
  read(address: number, size: number): Uint8Array<ArrayBuffer> {
    // No program has anything there, and such a number is not exact.
    if (address > Number.MAX_SAFE_INTEGER || size === 0) return NO_BYTES;
    return this.#event.readBytes(address, size);
  }
}

/** A traced task. */
export class TracedTask {
  /** Its number; another one if a thread has executed a program. */
  tid: number;
  /** The process that it belongs to. */
  readonly pid: number;
  readonly args = new DecodedArguments();
  /** Whether it is between the entry and the exit of a call that is told. */
  inside = false;
  /** When it entered that call, in milliseconds. */
  enteredAt = 0;
  /** How many arguments are written already. */
  shown = 0;
  /** Whether a comma has to come before the next one. */
  comma = false;
  /** What is to be said after the result of the call. */
  remark = "";
  /** The call that was interrupted, which restart_syscall(2) goes on with. */
  interrupted: string | undefined;

  constructor(tid: number, pid: number = tid) {
    this.tid = tid;
    this.pid = pid;
  }
}
