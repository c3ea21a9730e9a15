import { SystemError } from "@procctl/libc";
import { RLIMIT_FSIZE } from "@procctl/rlimit/constants";
import type { EncodedLimit } from "@procctl/rlimit/encode-limits";
import { prlimit64, type Rlimit64 } from "@procctl/rlimit/prlimit64";
import { catchSigxfsz } from "./_process_state.ts";

/** A change of the limits of one resource, and what they were before. */
interface Step {
  name: string;
  resource: number;
  old: Rlimit64;
  next: Rlimit64;
}

/** Set last, and put back first: Deno may need stack or memory in between. */
const LAST = ["stack", "data", "as"];

/** Limits that hold for an attempt to execute a program. */
export class AttemptLimits {
  readonly #steps: readonly Step[];
  readonly #lowered = new Set<string>();

  constructor(changes: readonly EncodedLimit[]) {
    const ordered = changes.toSorted((a, b) =>
      LAST.indexOf(a.name) - LAST.indexOf(b.name)
    );
    this.#steps = ordered.map(({ name, resource, soft, hard }) => {
      const old = prlimit64(0, resource);
      const next = { soft: soft ?? old.soft, hard: hard ?? old.hard };
      return { name, resource, old, next };
    });
  }

  /** Whether there are none. */
  get isEmpty(): boolean {
    return this.#steps.length === 0;
  }

  /**
   * Calls what replaces the process by a program, under the limits. If it
   * returns, they are put back, as far as they can be.
   */
  hold(execute: () => number): number {
    using undo = new DisposableStack();
    if (this.#steps.some(({ resource }) => resource === RLIMIT_FSIZE)) {
      catchSigxfsz(undo);
    }
    for (const step of this.#steps) {
      prlimit64(0, step.resource, step.next);
      undo.defer(() => this.#putBack(step));
    }
    return execute();
  }

  /** An error that also names the limits that could not be put back. */
  explain(error: unknown): unknown {
    if (this.#lowered.size === 0 || !(error instanceof SystemError)) {
      return error;
    }
    const { message, code, errno, syscall, path } = error;
    const names = Array.from(this.#lowered, (name) => `"${name}"`);
    return new SystemError(message.slice(0, -`: ${code}`.length), {
      errno,
      syscall,
      path,
      reason: `limits that stay lowered: ${names.join(", ")}`,
      cause: error,
    });
  }

  #putBack({ name, resource, old, next }: Step): void {
    try {
      prlimit64(0, resource, old);
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      // To raise a hard limit takes CAP_SYS_RESOURCE; the soft one goes back.
      const { hard } = next;
      const soft = old.soft < hard ? old.soft : hard;
      prlimit64(0, resource, { soft, hard });
      this.#lowered.add(name);
    }
  }
}
