import type { LimitedChild } from "@procctl/spawn/limited-child";

const FORWARDED = [
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGTERM",
  "SIGUSR1",
  "SIGUSR2",
] as const;

/** What a terminal sends to the whole process group. */
const OF_TERMINAL: ReadonlySet<string> = new Set(["SIGINT", "SIGQUIT"]);

/** Hands signals on to a command, until this is disposed of. */
export class SignalForwarder implements Disposable {
  readonly #handlers = new Map<Deno.Signal, () => void>();
  #child: LimitedChild | undefined;
  /** Those that came before there was a command. */
  #early: Deno.Signal[] = [];

  /**
   * @param isApart Whether the command is in a process group of its own, so that
   * it does not get those of the terminal by itself.
   */
  constructor(isApart: boolean) {
    for (const signal of FORWARDED) {
      const isThere = !isApart && OF_TERMINAL.has(signal);
      // Only to outlive it: a second one would mean more than the first.
      const handler = isThere ? () => {} : () => this.#forward(signal);
      Deno.addSignalListener(signal, handler);
      this.#handlers.set(signal, handler);
    }
  }

  /** Tells it the command. */
  setChild(child: LimitedChild): void {
    this.#child = child;
    for (const signal of this.#early.splice(0)) child.kill(signal);
  }

  #forward(signal: Deno.Signal): void {
    if (this.#child === undefined) this.#early.push(signal);
    else this.#child.kill(signal);
  }

  /** Gives the signals their effect on this program back. */
  [Symbol.dispose](): void {
    for (const [signal, handler] of this.#handlers) {
      Deno.removeSignalListener(signal, handler);
    }
  }
}
