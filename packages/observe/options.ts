/**
 * How processes are observed.
 *
 * @module
 */

import type { SpawnOptions } from "@procctl/spawn/spawn-options";

/** How processes are observed. */
export interface RingOptions {
  /**
   * How many bytes each processor's ring has room for at first; a power of two,
   * and no less than a page. A system call takes 192 of them.
   *
   * @default {what each processor can have of 128 MiB, 0.25 to 64 MiB}
   */
  ringSize?: number;
  /**
   * How many bytes a ring may grow to. It is replaced by one of twice its
   * size when a quarter of it was full before it was read.
   *
   * @default {what each processor can have of 512 MiB, 0.25 to 128 MiB; or
   * `ringSize` if that is given}
   */
  maxRingSize?: number;
  /**
   * After how many milliseconds at most what happened is told, where so little
   * does that no ring fills.
   *
   * @default {50}
   */
  latency?: number;
}

/** How a program is started and observed. */
export interface ObserveOptions extends SpawnOptions, RingOptions {}
