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
  readInto(address: number, bytes: Uint8Array<ArrayBuffer>): number;
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

/** How large a piece of memory is that what is read lies in. */
const PIECE = 1 << 16;

/** How much is read at once at the most. */
const MOST = 1 << 24;

/** A call as decoders see it; used again for each event. */
export class TracedCall implements Call, Memory {
  readonly detail: Detail;
  readonly memory: Memory = this;
  tid = 0;
  nr = 0;
  name = "";
  arch: SyscallArch = "x86_64";
  halves!: Uint32Array;
  result = 0;
  #event!: SyscallEventLike;
  /** Whether what was read is still looked at when the next event comes. */
  readonly #keeps: boolean;
  #piece = new Uint8Array(PIECE);
  #used = 0;

  constructor(detail: Detail, keeps: boolean) {
    this.detail = detail;
    this.#keeps = keeps;
  }

  /** Where the stack is; few ask. */
  get stackPointer(): bigint {
    return this.#event.stackPointer;
  }

  /** Looks at an event, until the next one. */
  look(event: SyscallEventLike, result: bigint): void {
    this.#event = event;
    if (!this.#keeps) this.#used = 0;
    this.tid = event.tid;
    this.nr = event.nr;
    this.name = event.name;
    this.arch = event.abi === "x32" ? "x86_64" : event.abi;
    this.halves = halvesOf(event.args);
    this.result = Number(result);
  }

  /** Reads memory of the program. */
  read(address: number, size: number): Uint8Array<ArrayBuffer> {
    // No program has anything there, and such a number is not exact.
    if (address > Number.MAX_SAFE_INTEGER || size <= 0) return NO_BYTES;
    // A size can be anything; what is larger is not worth to be shown.
    if (size > MOST) return NO_BYTES;
    const bytes = this.#allocate(size);
    const count = this.#event.readInto(address, bytes);
    return count === size ? bytes : bytes.subarray(0, count);
  }

  /** A new array for each read would take longer than the read. */
  #allocate(size: number): Uint8Array<ArrayBuffer> {
    // Words have to begin at multiples of their size.
    const from = Math.ceil(this.#used / 8) * 8;
    if (from + size > PIECE) {
      if (size > PIECE) return new Uint8Array(size);
      this.#piece = new Uint8Array(PIECE);
      this.#used = size;
      return this.#piece.subarray(0, size);
    }
    this.#used = from + size;
    return this.#piece.subarray(from, this.#used);
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
