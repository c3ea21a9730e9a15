/**
 * Many events at once, as columns.
 *
 * @module
 */

import { syscallName } from "@procctl/syscalls";
import type { Abi, ObservedEvent } from "./event.ts";

/** The kinds of events, by their numbers in {@linkcode Batch.kind}. */
export const KINDS = ["enter", "exit", "fork", "exec", "end", "lost"] as const;

/** The calling conventions, by their numbers in {@linkcode Batch.abi}. */
export const ABIS: readonly Abi[] = ["x86_64", "i386", "aarch64", "arm"];

/** How many arguments a system call can have. */
export const ARGS = 6;

/** For how many events a batch can have room: some 100 MiB. */
const MOST_EVENTS = 2 ** 20;

/** What the rare kinds of events tell beside the columns. */
export type Detail =
  | { kind: "fork"; childPid: number; childTid: number }
  | { kind: "exec"; path: string; formerTid: number }
  | { kind: "lost"; count: number };

/**
 * Events in the order of their times, as columns: the event `i` is told by
 * element `i` of each array. It iterates over them as objects too, which takes
 * some ten times as long.
 *
 * The arrays are longer than the batch, and used again for the next: whoever
 * keeps one for later makes a {@linkcode Batch.copy}.
 *
 * @example Usage
 * ```ts
 * import { Batch, KINDS } from "@procctl/observe/batch";
 *
 * function failures(batch: Batch): number {
 *   const exit = KINDS.indexOf("exit");
 *   let count = 0;
 *   for (let i = 0; i < batch.length; i++) {
 *     if (batch.kind[i] === exit && batch.result[i]! < 0n) count++;
 *   }
 *   return count;
 * }
 * console.log(failures(new Batch(1))); // prints: 0
 * ```
 */
export class Batch implements Iterable<ObservedEvent> {
  /** How many events there are. */
  length = 0;
  /** What each is, as an index of {@linkcode KINDS}. */
  readonly kind: Uint8Array<ArrayBuffer>;
  /** When, in nanoseconds since the `startTime` of the observation. */
  readonly time: Float64Array<ArrayBuffer>;
  /** The thread. */
  readonly tid: Int32Array<ArrayBuffer>;
  /** The process. */
  readonly pid: Int32Array<ArrayBuffer>;
  /** The processor. */
  readonly cpu: Uint16Array<ArrayBuffer>;
  /** Of an enter or exit: whose number it is, as an index of {@linkcode ABIS}. */
  readonly abi: Uint8Array<ArrayBuffer>;
  /** Of an enter or exit: the system call's number. */
  readonly nr: Int32Array<ArrayBuffer>;
  /** Of an exit: what it returns. */
  readonly result: BigInt64Array<ArrayBuffer>;
  /** Of an exit: how many nanoseconds the call took; `NaN` if that is unknown. */
  readonly duration: Float64Array<ArrayBuffer>;
  /** Of an enter: its arguments, {@linkcode ARGS} for each event. */
  readonly args: BigUint64Array<ArrayBuffer>;
  /** Of a fork, exec or lost: what it tells, by the event's index. */
  readonly details: Map<number, Detail> = new Map();

  /**
   * Makes a batch with nothing in it.
   *
   * @param capacity For how many events it has room, 2^20 at most.
   * @throws {RangeError} If it is no integer, or out of that range.
   */
  constructor(capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 0 || capacity > MOST_EVENTS) {
      throw new RangeError(
        `Cannot make a batch for ${
          Deno.inspect(capacity)
        } events: expected an integer from 0 to ${MOST_EVENTS}`,
      );
    }
    this.kind = new Uint8Array(capacity);
    this.time = new Float64Array(capacity);
    this.tid = new Int32Array(capacity);
    this.pid = new Int32Array(capacity);
    this.cpu = new Uint16Array(capacity);
    this.abi = new Uint8Array(capacity);
    this.nr = new Int32Array(capacity);
    this.result = new BigInt64Array(capacity);
    this.duration = new Float64Array(capacity);
    this.args = new BigUint64Array(capacity * ARGS);
  }

  /**
   * One of the events, as an object that stays as it is.
   *
   * @param index Which one.
   * @returns The event.
   * @throws {RangeError} If there is none of that index.
   *
   * @example Usage
   * ```ts
   * import { Batch } from "@procctl/observe/batch";
   *
   * const batch = new Batch(1);
   * batch.length = 1;
   * batch.tid[0] = 42;
   * console.log(batch.event(0).tid, batch.event(0).kind); // prints: 42 enter
   * ```
   */
  event(index: number): ObservedEvent {
    if (!Number.isInteger(index) || index < 0 || index >= this.length) {
      throw new RangeError(
        `Cannot get event ${index} of a batch: it has ${this.length}`,
      );
    }
    const kind = KINDS[this.kind[index]!]!;
    const base = {
      time: this.time[index]!,
      tid: this.tid[index]!,
      pid: this.pid[index]!,
      cpu: this.cpu[index]!,
    };
    if (kind === "end") return { kind, ...base };
    if (kind !== "enter" && kind !== "exit") {
      return { ...this.details.get(index)!, ...base };
    }
    const abi = ABIS[this.abi[index]!]!;
    const nr = this.nr[index]!;
    const call = { ...base, abi, nr, name: callName(nr, abi) };
    if (kind === "exit") {
      const duration = this.duration[index]!;
      return {
        kind,
        ...call,
        result: this.result[index]!,
        duration: Number.isNaN(duration) ? undefined : duration,
      };
    }
    const start = index * ARGS;
    return {
      kind,
      ...call,
      args: [...this.args.subarray(start, start + ARGS)],
    };
  }

  /**
   * The events as objects, one after another.
   *
   * @returns The events.
   *
   * @example Usage
   * ```ts
   * import { Batch } from "@procctl/observe/batch";
   *
   * console.log([...new Batch(1)].length); // prints: 0
   * ```
   */
  *[Symbol.iterator](): Generator<ObservedEvent, void, undefined> {
    for (let i = 0; i < this.length; i++) yield this.event(i);
  }

  /**
   * A copy that stays as it is, of the size of what is in it.
   *
   * @returns The copy.
   *
   * @example Usage
   * ```ts
   * import { Batch } from "@procctl/observe/batch";
   *
   * console.log(new Batch(1000).copy().time.length); // prints: 0
   * ```
   */
  copy(): Batch {
    const { length } = this;
    const copy = new Batch(length);
    copy.length = length;
    copy.kind.set(this.kind.subarray(0, length));
    copy.time.set(this.time.subarray(0, length));
    copy.tid.set(this.tid.subarray(0, length));
    copy.pid.set(this.pid.subarray(0, length));
    copy.cpu.set(this.cpu.subarray(0, length));
    copy.abi.set(this.abi.subarray(0, length));
    copy.nr.set(this.nr.subarray(0, length));
    copy.result.set(this.result.subarray(0, length));
    copy.duration.set(this.duration.subarray(0, length));
    copy.args.set(this.args.subarray(0, length * ARGS));
    for (const [index, detail] of this.details) {
      copy.details.set(index, detail);
    }
    return copy;
  }
}

/**
 * The name of a system call.
 *
 * @param nr Its number.
 * @param abi Whose number it is.
 * @returns The name; for a number without one, `syscall_` and the number.
 *
 * @example Usage
 * ```ts
 * import { callName } from "@procctl/observe/batch";
 *
 * console.log(callName(1, "x86_64"), callName(1, "arm")); // prints: write syscall_0x1
 * ```
 */
export function callName(nr: number, abi: Abi): string {
  // A number that no architecture has stays a number.
  return abi === "arm" ? `syscall_0x${nr.toString(16)}` : syscallName(nr, abi);
}
