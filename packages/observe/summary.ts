/**
 * Counts, errors and times of system calls, call by call.
 *
 * @module
 */

import { ABIS, type Batch, callName, KINDS } from "./batch.ts";
import type { Abi } from "./event.ts";

/** What is counted of one system call. */
export interface CallSummary {
  /** The name; for a number without one, `syscall_` and the number. */
  name: string;
  /** The number. */
  nr: number;
  /** Whose number it is. */
  abi: Abi;
  /** How many times it returned, as `strace -c` counts. */
  calls: number;
  /** How many of them failed: returned -4095 to -1. */
  errors: number;
  /** How many times it began and did not return: those that end a task. */
  unfinished: number;
  /** How long they took together, in nanoseconds. */
  time: number;
  /** How long the shortest of them took; `NaN` if no time is known. */
  shortest: number;
  /** How long the longest of them took; `NaN` if no time is known. */
  longest: number;
}

const ENTER = KINDS.indexOf("enter");
const EXIT = KINDS.indexOf("exit");
const LARGEST_ERRNO = 4095n;

/**
 * Counts of system calls, and of what they took, as batches are added to it.
 *
 * @example Usage
 * ```ts needs-perf
 * import { observe } from "@procctl/observe";
 * import { Summary } from "@procctl/observe/summary";
 *
 * const summary = new Summary();
 * using observation = observe("ls", { stdout: "null" });
 * for await (const batch of observation) summary.add(batch);
 * const [longest] = summary.calls().toSorted((a, b) => b.time - a.time);
 * console.log(longest!.calls > 0, longest!.time > 0); // prints: true true
 * ```
 */
export class Summary {
  /** By the number of the calling convention, and that of the call. */
  #calls: Map<number, CallSummary>[] = ABIS.map(() => new Map());

  /**
   * Adds what is in a batch.
   *
   * @param batch The batch, which may be used again after.
   *
   * @example Usage
   * ```ts
   * import { Batch } from "@procctl/observe/batch";
   * import { Summary } from "@procctl/observe/summary";
   *
   * const summary = new Summary();
   * summary.add(new Batch(1));
   * console.log(summary.calls().length); // prints: 0
   * ```
   */
  add(batch: Batch): void {
    const { length, kind, abi, nr, result, duration } = batch;
    for (let i = 0; i < length; i++) {
      const isEnter = kind[i] === ENTER;
      if (!isEnter && kind[i] !== EXIT) continue;
      const call = this.#calls[abi[i]!]!.get(nr[i]!) ??
        this.#newCall(abi[i]!, nr[i]!);
      if (isEnter) {
        call.unfinished++;
        continue;
      }
      call.calls++;
      const value = result[i]!;
      if (value < 0n && value >= -LARGEST_ERRNO) call.errors++;
      const took = duration[i]!;
      // One that began unseen has none, and was not counted as begun.
      if (Number.isNaN(took)) continue;
      call.unfinished--;
      call.time += took;
      if (!(took >= call.shortest)) call.shortest = took;
      if (!(took <= call.longest)) call.longest = took;
    }
  }

  #newCall(abiNumber: number, nr: number): CallSummary {
    const abi = ABIS[abiNumber]!;
    const call: CallSummary = {
      name: callName(nr, abi),
      nr,
      abi,
      calls: 0,
      errors: 0,
      unfinished: 0,
      time: 0,
      shortest: NaN,
      longest: NaN,
    };
    this.#calls[abiNumber]!.set(nr, call);
    return call;
  }

  /**
   * What was counted, the call that took the longest time first.
   *
   * @returns The calls that were made, each as often as it was counted.
   *
   * @example Usage
   * ```ts
   * import { Summary } from "@procctl/observe/summary";
   *
   * console.log(new Summary().calls().length); // prints: 0
   * ```
   */
  calls(): CallSummary[] {
    return this.#calls
      .flatMap((calls) => [...calls.values()])
      .map((call) => ({ ...call }))
      .sort((a, b) => b.time - a.time || b.calls - a.calls);
  }
}
