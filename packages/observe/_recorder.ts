/**
 * The events and rings of one observation.
 *
 * @module
 */

import {
  closeFile,
  lazySymbols,
  pageSize,
  type SystemError,
} from "@procctl/libc";
import type { CheckedOptions } from "./_check.ts";
import { openFailure, ringFailure } from "./_failure.ts";
import type { Machine } from "./_machine.ts";
import {
  disable,
  openTracepoint,
  readLost,
  type Recording,
  setOutput,
} from "./_perf_event.ts";
import { Ring } from "./_ring.ts";
import { RingWaiter } from "./_ring_waiter.ts";
import { Source } from "./_source.ts";

const libc = lazySymbols({
  // int clock_gettime(clockid_t clockid, struct timespec *tp)
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
});

const CLOCK_MONOTONIC = 1;
const EPERM = 1;
const ENOMEM = 12;
/** A ring grows when one part in so many was full before it was read. */
const FULL_ENOUGH = 4;

/** The events of one processor that write to one ring. */
interface Cpu {
  cpu: number;
  events: number[];
  source: Source;
}

/** Records what tasks do, on all processors. */
export class Recorder implements Disposable {
  readonly waiter: RingWaiter = new RingWaiter();
  #machine: Machine;
  #options: CheckedOptions;
  #cpus: Cpu[] = [];
  /** Rings that were replaced, until what is in them is decoded. */
  #retired: Source[] = [];
  #isDisposed = false;

  /**
   * Makes the rings, with nothing that writes to them.
   *
   * @throws {SystemError} If it may not, or there is no memory.
   */
  constructor(
    machine: Machine,
    cpus: readonly number[],
    options: CheckedOptions,
  ) {
    this.#machine = machine;
    this.#options = options;
    try {
      for (const cpu of cpus) {
        const source = new Source(this.#openRing(cpu));
        this.#cpus.push({ cpu, events: [], source });
        this.waiter.addRing(source.ring.fd);
      }
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Makes a ring; a smaller one where there is not so much memory for it. */
  #openRing(cpu: number): Ring {
    const options = this.#options;
    for (;;) {
      const ring = Ring.open(cpu, options.ringSize);
      if (ring instanceof Ring) return ring;
      const isTooLarge = ring.syscall === "mmap" &&
        (ring.errno === EPERM || ring.errno === ENOMEM) &&
        options.isSizeChosen && options.ringSize > pageSize();
      if (!isTooLarge) throw ringFailure(ring, options.ringSize);
      options.ringSize /= 2;
      options.maxRingSize = options.ringSize;
    }
  }

  /**
   * Begins to record what a task does, and what it makes from now on.
   *
   * @param onExec Whether to begin at its next exec.
   * @throws {SystemError} If that is not possible. Events of it may be left,
   * until this is disposed of.
   */
  add(tid: number, onExec: boolean): void {
    const { layout: { enter, exit, exec }, registers } = this.#machine;
    const recordings: Recording[] = [
      { id: enter.id, registers, tasks: true, onExec },
      { id: exit.id, onExec },
      { id: exec.id, onExec },
    ];
    for (const { cpu, events, source } of this.#cpus) {
      for (const recording of recordings) {
        const fd = openTracepoint(recording, tid, cpu);
        if (fd < 0) throw this.#failure(tid, -fd);
        events.push(fd);
        const result = setOutput(fd, source.ring.fd);
        if (result < 0) throw this.#failure(tid, -result);
      }
    }
    // Tasks inherit the events of all processors: any one will do.
    this.waiter.addLifetime(this.#cpus[0]!.events.at(-1)!);
  }

  #failure(tid: number, errno: number): SystemError {
    return openFailure(`Cannot observe process ${tid}`, errno);
  }

  /** What is to be decoded: the rings of all processors, and former ones. */
  sources(): readonly Source[] {
    return [...this.#retired, ...this.#cpus.map(({ source }) => source)];
  }

  /** Reads from the rings, and lets those grow that were too full. */
  refill(): void {
    // One that was replaced gets no more once it was found empty: a writer
    // that had begun has ended since the last time.
    this.#retired = this.#retired.filter((source) => {
      const isDone = source.isEmpty;
      if (isDone) source[Symbol.dispose]();
      else source.refill();
      return !isDone;
    });
    for (const cpu of this.#cpus) {
      const { ring } = cpu.source;
      const available = cpu.source.refill();
      const mayGrow = ring.size < this.#options.maxRingSize;
      if (mayGrow && available > ring.size / FULL_ENOUGH) this.#grow(cpu);
    }
  }

  #grow(cpu: Cpu): void {
    const { size } = cpu.source.ring;
    const ring = Ring.open(cpu.cpu, size * 2);
    if (!(ring instanceof Ring)) {
      // The old one does as before; there is no use in another try.
      this.#options.maxRingSize = size;
      return;
    }
    this.waiter.addRing(ring.fd);
    for (const fd of cpu.events) setOutput(fd, ring.fd);
    this.waiter.removeRing(cpu.source.ring.fd);
    this.#retired.push(cpu.source);
    cpu.source = new Source(ring);
  }

  /** The size of the largest ring, in bytes. */
  get ringSize(): number {
    return Math.max(...this.#cpus.map(({ source }) => source.ring.size));
  }

  /** How many records were lost; undefined where the kernel does not count. */
  readLost(): number | undefined {
    let sum = 0;
    for (const { events } of this.#cpus) {
      for (const fd of events) {
        const lost = readLost(fd);
        if (lost === undefined) return undefined;
        sum += lost;
      }
    }
    return sum;
  }

  /** Records no more. What was recorded can still be read. */
  stop(): void {
    for (const { events } of this.#cpus) events.forEach(disable);
  }

  [Symbol.dispose](): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.waiter[Symbol.dispose]();
    for (const { events } of this.#cpus) events.forEach(closeFile);
    for (const source of this.sources()) source[Symbol.dispose]();
  }
}

/** The kernel's monotonic clock, in nanoseconds. */
export function now(): bigint {
  const time = new BigInt64Array(new ArrayBuffer(16));
  libc.clock_gettime(CLOCK_MONOTONIC, time);
  return time[0]! * 1_000_000_000n + time[1]!;
}
