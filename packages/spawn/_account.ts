import { SystemError } from "@procctl/libc";
import { RLIMIT_CPU } from "@procctl/rlimit/constants";
import type { EncodedLimit } from "@procctl/rlimit/encode-limits";
import { prlimit64 } from "@procctl/rlimit/prlimit64";
import { pollOne } from "./_poll.ts";
import { childrenOf, statOf } from "./_process_tree.ts";
import {
  type Ended,
  type SupervisedChild,
  type Supervisor,
  SupervisorLost,
} from "./_supervisor.ts";
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
  readonly #child: SupervisedChild;
  readonly #supervisor: Supervisor;
  readonly #hasCpuLimit: boolean;

  constructor(
    child: SupervisedChild,
    supervisor: Supervisor,
    limits: readonly EncodedLimit[],
  ) {
    this.#child = child;
    this.#supervisor = supervisor;
    this.#hasCpuLimit = limits.some(({ name }) => name === "cpu");
  }

  /** Reaps what others than the first process have left, and has ended. */
  reapOthers(): void {
    if (this.#supervisor.isLost()) throw new SupervisorLost();
    for (const pid of childrenOf(this.#supervisor.pid)) {
      if (pid === this.#child.pid || statOf(pid)?.state !== "Z") continue;
      this.#count(this.#supervisor.reap(pid));
    }
  }

  /**
   * Reaps all that has ended.
   *
   * @returns Whether nothing is left.
   */
  reap(): boolean {
    if (this.status === undefined) {
      // What it tells now is all that it did: then nothing is to be missed.
      if (!this.hasEnded()) {
        this.reapOthers();
        return false;
      }
      this.own = this.#look();
    }
    for (;;) {
      const ended = this.#supervisor.reap(-1);
      if (ended === null) return true;
      if (ended === undefined) return false;
      this.#count(ended);
    }
  }

  /** Whether the first process has ended. */
  hasEnded(): boolean {
    return this.status !== undefined || pollOne(this.#child.pidfd, 0);
  }

  #count(ended: Ended | undefined | null): void {
    if (!ended) return;
    const status = decodeStatus(ended.status, ended.usage);
    this.usage = addUsage(this.usage, status.usage);
    if (ended.pid !== this.#child.pid || this.status !== undefined) return;
    this.status = status;
    this.endTime = performance.now();
  }

  /** Looks at the first process, which tells that only while it is there. */
  #look(): OwnTime {
    return {
      ownTime: statOf(this.#child.pid)?.cpuTime ?? 0,
      softTime: this.#hasCpuLimit ? softTimeOf(this.#child.pid) : undefined,
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
