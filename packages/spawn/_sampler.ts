/**
 * Looking at all processes of a command from time to time, for the limits that
 * the kernel does not keep.
 *
 * @module
 */

import { pageSize } from "@procctl/libc";
import type { Cgroup } from "./_cgroup.ts";
import {
  descendantsOf,
  descriptorCount,
  type ProcessStat,
  proportionalMemory,
  statOf,
} from "./_process_tree.ts";
import type { Verdict } from "./limited_report.ts";

/** What all processes of a command have at a time. */
export interface Sample {
  /** Seconds of processor time of those that are there, and their children. */
  cpuTime: number;
  /** Bytes of memory. */
  memory: number;
  /** Processes and threads. */
  processes: number;
}

/** What a command may have. */
export interface SampledLimits {
  cpuTime: number | undefined;
  memory: number | undefined;
  processes: number | undefined;
  /** Whether descriptors are counted. */
  nofile: boolean;
}

/** Looks at a command's processes, and remembers the most of it. */
export class Sampler {
  /**
   * The processes of the last look at which the root was there: when each was
   * started, by its number.
   */
  seen: ReadonlyMap<number, number> = new Map();
  /** The most of one process. */
  readonly peaks = { addressSpace: 0, memory: 0, descriptors: 0 };
  /** The most of all together. */
  readonly most = { memory: 0, processes: 0 };
  readonly #root: number;
  readonly #cgroup: Cgroup | undefined;
  readonly #limits: SampledLimits;
  readonly #pageSize = pageSize();

  constructor(
    root: number,
    cgroup: Cgroup | undefined,
    limits: SampledLimits,
  ) {
    this.#root = root;
    this.#cgroup = cgroup;
    this.#limits = limits;
  }

  /** All processes that are there, those that are not reaped too. */
  list(): number[] {
    const grouped = this.#cgroup?.processes() ?? [];
    return [...new Set([...descendantsOf(this.#root), ...grouped])];
  }

  /** Looks at them. */
  look(): Sample {
    const stats = this.list().map(statOf).filter((it) => it !== undefined);
    // Below one that was killed nothing is found: what was seen before counts.
    if (!"ZX".includes(statOf(this.#root)?.state ?? "X")) {
      this.seen = new Map(stats.map((it) => [it.pid, it.startTime]));
    }
    const sample = {
      cpuTime: sum(stats, (it) => it.cpuTime + it.childrenTime),
      memory: this.#memory(stats),
      processes: sum(stats, (it) => it.state === "Z" ? 0 : it.threads),
    };
    this.#remember(stats, sample);
    return sample;
  }

  /** Which limit a sample is above. */
  exceeded({ cpuTime, memory, processes }: Sample): Verdict | undefined {
    const limits = this.#limits;
    const keeps = this.#cgroup?.keeps;
    const isAbove = (value: number, limit: number | undefined) =>
      limit !== undefined && value > limit;
    if (isAbove(cpuTime, limits.cpuTime)) {
      return { kind: "cpu-limit", limit: "cpuTime", certain: true };
    }
    if (!keeps?.has("memory") && isAbove(memory, limits.memory)) {
      return { kind: "memory-limit", limit: "memory", certain: true };
    }
    if (!keeps?.has("processes") && isAbove(processes, limits.processes)) {
      return { kind: "process-limit", limit: "processes", certain: true };
    }
    return undefined;
  }

  #memory(stats: readonly ProcessStat[]): number {
    const counted = this.#cgroup?.memory();
    if (counted !== undefined) return counted;
    const resident = (it: ProcessStat) => it.pages * this.#pageSize;
    const memory = sum(stats, resident);
    const { memory: limit = Infinity } = this.#limits;
    if (memory <= limit || stats.length === 1) return memory;
    // What they share was counted more than once. To know takes longer.
    return sum(stats, (it) => proportionalMemory(it.pid) ?? resident(it));
  }

  #remember(stats: readonly ProcessStat[], sample: Sample): void {
    const { peaks, most } = this;
    for (const { pid, pages, addressSpace } of stats) {
      peaks.memory = Math.max(peaks.memory, pages * this.#pageSize);
      peaks.addressSpace = Math.max(peaks.addressSpace, addressSpace);
      if (!this.#limits.nofile) continue;
      peaks.descriptors = Math.max(peaks.descriptors, descriptorCount(pid));
    }
    most.memory = Math.max(most.memory, sample.memory);
    most.processes = Math.max(most.processes, sample.processes);
  }
}

function sum<T>(list: readonly T[], value: (it: T) => number): number {
  return list.reduce((total, it) => total + value(it), 0);
}
