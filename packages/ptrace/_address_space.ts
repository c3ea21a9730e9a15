import { SystemError } from "@procctl/libc";
import { toAddress, type Word } from "./_check.ts";
import {
  type CString,
  type ReadCStringOptions,
  readPages,
} from "./_c_string.ts";
import { readStatus } from "./_proc_status.ts";
import { ScratchMemory } from "./_scratch_memory.ts";
import { WrittenBytes } from "./_written_bytes.ts";
import { ProcessMemory } from "./process_memory.ts";
import { processVmRead } from "./process_vm.ts";

const EFAULT = 14;
const ESRCH = 3;

/** The memory that some tasks share: the threads of a process, mostly. */
export class AddressSpace {
  /** Memory of the tracer's own in it. */
  readonly scratch: ScratchMemory;
  #members = new Set<number>();
  #memory: ProcessMemory | undefined;
  #written: WrittenBytes | undefined;

  constructor(scratch = new ScratchMemory()) {
    this.scratch = scratch;
  }

  /** Adds a task, which has it from now on. */
  join(tid: number): this {
    this.#members.add(tid);
    return this;
  }

  /** A task has ended, or has left it by an exec. */
  leave(tid: number): void {
    this.#written?.leave(tid);
    this.scratch.release(tid);
    this.#members.delete(tid);
    if (this.#members.size === 0) this.#memory?.[Symbol.dispose]();
  }

  /** Whether the program's own bytes are somewhere replaced. */
  get isWritten(): boolean {
    return this.#written?.isEmpty === false;
  }

  /** Reads the program's own bytes; returns how many there are. */
  read(tid: number, address: Word, bytes: Uint8Array<ArrayBuffer>): number {
    try {
      const count = processVmRead(tid, address, bytes);
      this.#written?.hide(address, bytes.subarray(0, count));
      return count;
    } catch (error) {
      // Nothing is mapped there, or the task was killed.
      const isNothing = error instanceof SystemError &&
        (error.errno === EFAULT || error.errno === ESRCH);
      if (!isNothing) throw error;
      return 0;
    }
  }

  /** Reads the program's own string; undefined where there is nothing. */
  readCString(
    tid: number,
    address: Word,
    options: ReadCStringOptions,
  ): CString | undefined {
    const string = readPages(
      (at, bytes) => this.read(tid, at, bytes) || -EFAULT,
      toAddress(address),
      options,
    );
    return typeof string === "number" ? undefined : string;
  }

  /** Writes bytes that stay. */
  write(tid: number, address: Word, bytes: Uint8Array): void {
    this.#open(tid).write(address, bytes.slice());
  }

  /** Writes bytes until the task's call is over. */
  replace(tid: number, address: Word, bytes: Uint8Array): void {
    this.#written ??= new WrittenBytes(this.#open(tid));
    this.#written.write(tid, address, bytes);
  }

  /** The call of a task is over, which is stopped: the program's bytes are back. */
  callIsOver(tid: number): void {
    this.#written?.release(tid);
    this.scratch.release(tid);
  }

  /** What a child has of it that is a copy, and is stopped. */
  fork(child: number): AddressSpace {
    const copy = new AddressSpace(this.scratch.fork()).join(child);
    if (this.isWritten) this.#written!.takeOutOf(copy.#open(child), child);
    return copy;
  }

  #open(tid: number): ProcessMemory {
    return this.#memory ??= openMemory(tid);
  }
}

/** @throws {SystemError} `ESRCH` if the task was killed, and has no memory. */
function openMemory(tid: number): ProcessMemory {
  try {
    return new ProcessMemory(tid);
  } catch (error) {
    // What a process that dies leaves in /proc is root's.
    if (readStatus(tid)?.hasMemory) throw error;
    throw new SystemError(`Cannot open the memory of task ${tid}`, {
      errno: ESRCH,
      syscall: "open",
    });
  }
}
