import type { Signal } from "@procctl/libc";
import type { Child } from "./child.ts";

/** Why a child is ended. */
export type Why = "timedOut" | "truncated" | "aborted";

/** What is needed to end a child. */
export interface EndingOptions {
  /** The milliseconds that it has; undefined for any. */
  timeout: number | undefined;
  /** The milliseconds that its group has after SIGTERM. */
  grace: number;
}

/** Ends a child's group before it ends by itself, when there is reason to. */
export class Ending {
  /** Why, once it has begun. */
  why: Why | undefined;
  /** Rejects if something fails without which it cannot go on. */
  readonly failure: Promise<never>;
  /** Rejects that promise. */
  readonly fail: (error: unknown) => void;
  #child: Child;
  #grace: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over = new AbortController();

  constructor(child: Child, { timeout, grace }: EndingOptions) {
    const { promise, reject } = Promise.withResolvers<never>();
    this.failure = promise;
    this.fail = reject;
    this.#child = child;
    this.#grace = grace;
    if (timeout === undefined) return;
    this.#timer = setTimeout(() => this.begin("timedOut"), timeout);
  }

  /** Aborted when no input and no output is waited for any more. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** Sends SIGTERM, and after a while SIGKILL. */
  begin(why: Why): void {
    if (this.why !== undefined) return;
    this.why = why;
    this.#stopTimer();
    this.#signal("SIGTERM");
    // One that is stopped would not see it.
    this.#signal("SIGCONT");
    this.#timer = setTimeout(() => {
      this.#signal("SIGKILL");
      // One that left the group goes on, and may hold the output open.
      const finish = () => this.finish();
      this.#child.status.then(finish, finish);
    }, this.#grace);
  }

  #signal(signal: Signal): void {
    try {
      this.#child.killGroup(signal);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Waits for nothing any more. */
  finish(): void {
    this.#stopTimer();
    this.#over.abort();
  }

  #stopTimer(): void {
    // The first use of a function for timers loads those of Node.
    if (this.#timer !== undefined) clearTimeout(this.#timer);
  }

  /** Ends the child for good, of which nobody waits for the end. */
  async abandon(): Promise<void> {
    this.#signal("SIGKILL");
    try {
      await this.#child[Symbol.asyncDispose]();
    } catch {
      // It may not be killed, and goes on by itself.
      this.#child.unref();
    }
  }
}
