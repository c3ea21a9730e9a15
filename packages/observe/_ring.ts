/**
 * A ring that the kernel writes records to: struct perf_event_mmap_page, and
 * the data behind it.
 *
 * @module
 */

import { closeFile, lazySymbols, orErrno, pageSize } from "@procctl/libc";
import { openRingHolder } from "./_perf_event.ts";

const libc = lazySymbols({
  // void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t)
  mmap: {
    parameters: ["usize", "usize", "i32", "i32", "i32", "i64"],
    result: "usize",
  },
  // int munmap(void *addr, size_t length)
  munmap: { parameters: ["usize", "usize"], result: "i32" },
  // memcpy(destination, source, size)
  copyFrom: {
    name: "memcpy",
    parameters: ["buffer", "usize", "usize"],
    result: "void",
  },
  copyTo: {
    name: "memcpy",
    parameters: ["usize", "buffer", "usize"],
    result: "void",
  },
});

const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
/** Of struct perf_event_mmap_page. */
const DATA_HEAD = 1024n;
const DATA_TAIL = 1032n;

/** Every how many parts of a ring those are woken that wait for it. */
const WAKEUPS = 8;

const fence = new Int32Array(new SharedArrayBuffer(4));

/**
 * Keeps what comes before it apart from what comes after, for the processor
 * too. A release and an acquire after it are never swapped on either
 * architecture, and no call of C in between is moved over them.
 */
function barrier(): void {
  Atomics.store(fence, 0, 0);
  Atomics.load(fence, 0);
}

/** A ring of one processor. */
export class Ring implements Disposable {
  /** The event that holds it. */
  readonly fd: number;
  readonly cpu: number;
  /** How many bytes it has room for, a power of two. */
  readonly size: number;
  #address: bigint;
  #length: number;
  /** How far it was read, in bytes since its beginning. */
  #tail = 0;
  #position = new BigUint64Array(new ArrayBuffer(8));

  private constructor(
    fd: number,
    cpu: number,
    size: number,
    address: bigint,
    length: number,
  ) {
    this.fd = fd;
    this.cpu = cpu;
    this.size = size;
    this.#address = address;
    this.#length = length;
  }

  /**
   * Makes a ring.
   *
   * @returns The ring, or which call failed and why.
   */
  static open(
    cpu: number,
    size: number,
  ): Ring | { syscall: "perf_event_open" | "mmap"; errno: number } {
    const fd = openRingHolder(cpu, size / WAKEUPS);
    if (fd < 0) return { syscall: "perf_event_open", errno: -fd };
    const length = size + pageSize();
    const address = orErrno(
      libc.mmap(0n, BigInt(length), PROT_READ_WRITE, MAP_SHARED, fd, 0n),
    );
    if (address < 0n) {
      closeFile(fd);
      return { syscall: "mmap", errno: -Number(address) };
    }
    return new Ring(fd, cpu, size, address, length);
  }

  /** How many bytes were written and not read. */
  available(): number {
    // The kernel moves the head when what lies before it is written, so it is
    // read first, and the data after it.
    libc.copyFrom(this.#position, this.#address + DATA_HEAD, 8n);
    barrier();
    return Number(this.#position[0]) - this.#tail;
  }

  /**
   * Copies bytes out, and leaves their room to the kernel.
   *
   * @param size No more than are available.
   */
  read(target: Uint8Array<ArrayBuffer>, size: number): void {
    const data = this.#address + BigInt(this.#length - this.size);
    // The size is a power of two; a position can be more than 32 bits.
    const start = this.#tail % this.size;
    const first = Math.min(size, this.size - start);
    libc.copyFrom(target, data + BigInt(start), BigInt(first));
    if (size > first) {
      libc.copyFrom(target.subarray(first), data, BigInt(size - first));
    }
    this.#tail += size;
    this.#position[0] = BigInt(this.#tail);
    // All must have been read before the kernel may write over it.
    barrier();
    libc.copyTo(this.#address + DATA_TAIL, this.#position, 8n);
  }

  [Symbol.dispose](): void {
    libc.munmap(this.#address, BigInt(this.#length));
    closeFile(this.fd);
  }
}
