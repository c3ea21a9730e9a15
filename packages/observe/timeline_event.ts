/**
 * What timelines are drawn from, whichever way it was seen.
 *
 * @module
 */

import type { EndEvent, ExecEvent, ForkEvent, LostEvent } from "./event.ts";

/** What of an event a timeline takes: all but the processor. */
export type Seen<T> = Omit<T, "cpu">;

/** A system call begins. */
export interface TimelineEnter {
  /** Always `"enter"`. */
  kind: "enter";
  /** When, in nanoseconds since some time. */
  time: number;
  /** The thread. */
  tid: number;
  /** The process. */
  pid: number;
  /** The call's name. */
  name: string;
  /** Its arguments, as far as they are known. */
  args?: readonly bigint[];
  /** What is shown of its arguments instead of numbers. */
  text?: string;
}

/** A system call returns. */
export interface TimelineExit {
  /** Always `"exit"`. */
  kind: "exit";
  /** When, in nanoseconds since the same time. */
  time: number;
  /** The thread. */
  tid: number;
  /** The process. */
  pid: number;
  /** The call's name. */
  name: string;
  /** What it returns; an error number, negated. */
  result: bigint;
}

/**
 * What timelines are drawn from: the events of an observation, or what was seen
 * of a program in another way, such as by ptrace(2).
 */
export type TimelineEvent =
  | TimelineEnter
  | TimelineExit
  | Seen<ForkEvent>
  | Seen<ExecEvent>
  | Seen<EndEvent>
  | Seen<LostEvent>;
