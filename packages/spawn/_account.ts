import { SystemError } from "@procctl/libc";
import { RLIMIT_CPU } from "@procctl/rlimit/constants";
import type { EncodedLimit } from "@procctl/rlimit/encode-limits";
import { prlimit64 } from "@procctl/rlimit/prlimit64";
import { statOf } from "./_process_tree.ts";
import type { Supervisor } from "./_supervisor.ts";
import { addUsage, NO_USAGE } from "./_usage.ts";
import type { OwnTime } from "./_verdict.ts";
import { decodeStatus } from "./decode_status.ts";
import type { Status, Usage } from "./status.ts";

/** What becomes known of a command's processes as they are reaped. */
export class Account {
  /** How the first one ended, once it has. */
  status: Status | undefined;
  /** When that was, by `performance.now()`. */
  endTime: number | undefined;
  /** What that one alone used. */
  own: OwnTime = { ownTime: 0, softTime: undefined };
  /** What all that were reaped used together. */
  usage: Usage = NO_USAGE;
  readonly #pid: number;
  readonly #supervisor: Supervisor;
  readonly #hasCpuLimit: boolean;

  constructor(
    pid: number,
    supervisor: Supervisor,
    limits: readonly EncodedLimit[],
  ) {
    this.#pid = pid;
    this.#supervisor = supervisor;
    this.#hasCpuLimit = limits.some(({ name }) => name === "cpu");
  }

  /**
   * Reaps what has ended, and counts what it used.
   *
   * @returns Whether nothing is left.
   */
  reap(): boolean {
    const own = this.status === undefined ? this.#look() : this.own;
    const ended = this.#supervisor.reap();
    for (;;) {
      const { done, value } = ended.next();
      if (done) return value;
      const status = decodeStatus(value.status, value.usage);
      this.usage = addUsage(this.usage, status.usage);
      if (value.pid !== this.#pid || this.status !== undefined) continue;
      this.status = status;
      this.own = own;
      this.endTime = performance.now();
    }
  }

  /** Looks at the first process, which tells that only while it is there. */
  #look(): OwnTime {
    return {
      ownTime: statOf(this.#pid)?.cpuTime ?? 0,
      softTime: this.#hasCpuLimit ? softTimeOf(this.#pid) : undefined,
    };
  }
}

/** What the soft limit of processor time of a process has become. */
function softTimeOf(pid: number): bigint | undefined {
  try {
    return prlimit64(pid, RLIMIT_CPU).soft;
  } catch (error) {
    // It is gone, or another user's.
    if (error instanceof SystemError) return undefined;
    throw error;
  }
}
