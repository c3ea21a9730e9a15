import { SystemError } from "@procctl/libc";
import type { SyscallArch } from "@procctl/syscalls/arch";

/** Makes a task do a system call, and returns what that returned. */
export type CallInTask = (name: string, ...args: bigint[]) => bigint;

/** By whose rules a task makes its call. */
type Abi = SyscallArch | "x32";

/** Memory that was mapped into the process. */
interface Block {
  readonly address: bigint;
  readonly size: number;
  /** Whether programs with addresses of 32 bits reach it. */
  readonly isLow: boolean;
  /** How much of it is in use. */
  used: number;
  /** The tasks whose calls use it. */
  readonly holders: Set<number>;
}

/** No page is larger. */
const BLOCK_SIZE = 65536;
const ALIGNMENT = 16;
const PROT_READ_WRITE = 3n;
const MAP_PRIVATE_ANONYMOUS = 0x22n;
const NO_FILE = 2n ** 64n - 1n;

/**
 * Memory of a tracer's own in a process that it traces, for what calls are to
 * be given instead of the program's own: longer text, for one.
 *
 * It is mapped when it is first needed, by the task itself, once for a process,
 * and stays. The stack will not do: below it may be another's memory, if it is
 * a small one.
 *
 * As {@linkcode WrittenBytes}, it belongs to memory, not to a task.
 */
export class ScratchMemory {
  #blocks: Block[] = [];

  /**
   * Takes memory until a task's call is over.
   *
   * @param tid The task, which is stopped at the call.
   * @param length How many bytes.
   * @param abi By whose rules it makes the call.
   * @param call Maps memory, where there is none left.
   * @returns Where it is.
   * @throws {SystemError} If the process can map none.
   */
  allocate(tid: number, length: number, abi: Abi, call: CallInTask): bigint {
    const size = roundUp(length, ALIGNMENT);
    const isLow = abi === "i386" || abi === "x32";
    let block = this.#blocks.find((block) =>
      block.isLow === isLow && block.size - block.used >= size
    );
    if (block === undefined) {
      block = mapBlock(tid, roundUp(size, BLOCK_SIZE), isLow, abi, call);
      this.#blocks.push(block);
    }
    const address = block.address + BigInt(block.used);
    block.used += size;
    block.holders.add(tid);
    return address;
  }

  /** The call of a task is over, or the task has ended. */
  release(tid: number): void {
    for (const block of this.#blocks) {
      if (block.holders.delete(tid) && block.holders.size === 0) block.used = 0;
    }
  }

  /** What a forked child has of it: the same places, and nobody uses them. */
  fork(): ScratchMemory {
    const copy = new ScratchMemory();
    copy.#blocks = this.#blocks.map((block) => ({
      ...block,
      used: 0,
      holders: new Set<number>(),
    }));
    return copy;
  }
}

function roundUp(size: number, multiple: number): number {
  return Math.max(1, Math.ceil(size / multiple)) * multiple;
}

function mapBlock(
  tid: number,
  size: number,
  isLow: boolean,
  abi: Abi,
  call: CallInTask,
): Block {
  const address = call(
    abi === "i386" ? "mmap2" : "mmap",
    0n,
    BigInt(size),
    PROT_READ_WRITE,
    MAP_PRIVATE_ANONYMOUS,
    NO_FILE,
    0n,
  );
  if (address < 0n && address >= -4095n) {
    throw new SystemError(`Cannot map ${size} bytes into task ${tid}`, {
      errno: Number(-address),
      syscall: "mmap",
    });
  }
  return { address, size, isLow, used: 0, holders: new Set() };
}
