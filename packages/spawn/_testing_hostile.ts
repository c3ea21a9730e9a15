/**
 * What a hostile program is, and what those of several files share.
 *
 * None can do much harm if it is not stopped: each ends by itself after a
 * minute, and takes little of what the machine has.
 *
 * @module
 */

import { arch } from "@procctl/libc/library";
import { syscallNumber } from "@procctl/syscalls/names";
import type { Verdict } from "./limited_report.ts";
import type { RunLimitedOptions } from "./run_limited_options.ts";

/** A program that is hostile, or only looks so. */
export interface HostileProgram {
  /** What it is, as the subject of a sentence. */
  name: string;
  /** The language of its source. */
  language: "sh" | "perl";
  source: string;
  /** Under which limits it is run, and for a minute if they say no time. */
  options?: RunLimitedOptions;
  /** What is to be told of it. */
  verdict: Verdict;
  /** How many processes at least it leaves behind. @default {0} */
  leaves?: number;
}

/** Its time was over. */
export const WALL: Verdict = {
  kind: "wall-limit",
  limit: "wall",
  certain: true,
};

/** It ended by itself. */
export const exited = (code: number): Verdict => ({ kind: "exited", code });

/** Makes a system call from Perl. */
export const call = (name: "ptrace" | "prctl", ...args: number[]): string =>
  `syscall(${[syscallNumber(name, arch()), ...args].join()});`;

/** Becomes a daemon: the source goes on in a process that nobody waits for. */
export const DAEMON: string =
  "use POSIX; fork and exit; POSIX::setsid(); fork and exit;";
