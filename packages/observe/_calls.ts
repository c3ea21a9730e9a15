/**
 * Puts together what begins and what ends.
 *
 * @module
 */

import type { TimelineEnter, TimelineEvent } from "./timeline_event.ts";

/** A system call, from its begin to its end. */
export interface Call {
  tid: number;
  pid: number;
  name: string;
  start: number;
  /** When it returned, or its task ended, or the end was not seen. */
  end: number;
  args: readonly bigint[] | undefined;
  text: string | undefined;
  /** Undefined if it did not return. */
  result: bigint | undefined;
}

/** Knows which call each task is in. */
export class Calls {
  #open = new Map<number, TimelineEnter>();
  #lastTime = 0;

  /** Adds an event. Gives the call that it ends, if it ends one. */
  add(event: TimelineEvent): Call | undefined {
    this.#lastTime = Math.max(this.#lastTime, event.time);
    const { tid } = event;
    switch (event.kind) {
      case "enter":
        this.#open.set(tid, event);
        return undefined;
      case "exit":
        return this.#close(tid, event.time, event.result, event.name);
      case "end":
        return this.#close(tid, event.time);
      case "exec":
        this.#rename(event.formerTid, tid);
        return undefined;
      case "lost":
        // The ends of those that are open may be among them.
        this.#open.clear();
        return undefined;
      case "fork":
        return undefined;
    }
  }

  /** Gives those calls that have no end. */
  rest(): Call[] {
    return [...this.#open.keys()]
      .map((tid) => this.#close(tid, this.#lastTime)!);
  }

  #rename(former: number, tid: number): void {
    const open = this.#open.get(former);
    if (former === tid || open === undefined) return;
    this.#open.delete(former);
    this.#open.set(tid, { ...open, tid });
  }

  #close(
    tid: number,
    end: number,
    result?: bigint,
    name?: string,
  ): Call | undefined {
    const open = this.#open.get(tid);
    this.#open.delete(tid);
    if (open === undefined || (name !== undefined && name !== open.name)) {
      return undefined;
    }
    const { pid, time: start, args, text } = open;
    return { tid, pid, name: open.name, start, end, args, text, result };
  }
}

/** The arguments of a call as text. */
export function argumentText({ args, text }: Call): string {
  return text ?? args?.map((arg) => `0x${arg.toString(16)}`).join(", ") ?? "";
}

/** Whether a call failed. */
export function isError(result: bigint | undefined): boolean {
  return result !== undefined && result < 0n && result >= -4095n;
}
