/**
 * What `procctl why --json` prints. Bytes that are no UTF-8 appear as U+FFFD.
 *
 * @module
 */

import type { PathFaultKind } from "@procctl/exec/path-fault";
import type { ArgumentSpace } from "@procctl/shebang/argument-space";
import type { Diagnostic } from "@procctl/shebang/diagnostic";

/** What becomes of a file that is executed. */
export interface WhyReport extends ResolutionReport {
  /** The file, as it was named. */
  file: string;
  /**
   * - `runs`: a program runs.
   * - `fails`: execve(2) fails, or env(1) does, which it starts.
   * - `killed`: it is too late to fail, and the process is killed.
   * - `loops`: the same script is executed again, without end.
   * - `unknown`: it depends on what cannot be known.
   */
  verdict: "runs" | "fails" | "killed" | "loops" | "unknown";
  /**
   * The status that a shell gives: 0 if it runs, 127 if it is not there, 126 if
   * it cannot be executed, 125 if env(1) fails, 139 if it is killed; 1 if it is
   * not known.
   */
  status: number;
  /** The same in words: a sentence without its period. */
  summary: string;
  /** What there is to do about it, in words, where something is known. */
  advice?: string;
  /** What on the path is to blame, if something on a path is. */
  fault?: FaultReport;
  /** The files in PATH that are passed over, in order. */
  passedOver: PassedOverReport[];
  /** The room for the arguments and the environment, in bytes. */
  space: ArgumentSpace;
  /** The environment, if `--env-size` asks for it. */
  environment?: EnvironmentReport;
}

/** The scripts on the way to a program, and what is at their end. */
export interface ResolutionReport {
  /** What is at their end, as in `Resolution` of `@procctl/shebang`. */
  kind: "program" | "error" | "killed" | "unknown";
  /** The path that is executed: with a folder of PATH, if it was found there. */
  executed: string;
  /** The arguments that it is given, its own name first. */
  argv: string[];
  /** The scripts, the one that is executed first. */
  scripts: ScriptReport[];
  /** The program, if one runs. */
  program?: ProgramReport;
  /** What keeps one from running, if something does. */
  obstacle?: ObstacleReport;
}

/** One script. */
export interface ScriptReport {
  /** The script, as it was executed or stands in the line before. */
  path: string;
  /** Its first line, as it is written. */
  line: string;
  /** Where its interpreter begins there, counted in characters from 1. */
  column: number;
  /** The interpreter. */
  interpreter: string;
  /** The arguments that the interpreter gets. */
  argv: string[];
  /** Remarks on the line. */
  diagnostics: Diagnostic[];
}

/** The program that runs. */
export interface ProgramReport {
  /** Its path. */
  path: string;
  /** The arguments that it gets. */
  argv: string[];
  /** Its name in /proc/PID/comm. */
  comm?: string;
  /** The machine that it is for, such as `x86_64`. */
  machine: string;
  /** Whether it is one of 32 or 64 bits. */
  bits: 32 | 64;
  /** The loader that is started with it; a static program has none. */
  loader?: string;
  /** What it runs in its turn, if it is env(1). */
  env?: EnvReport;
}

/** What keeps a program from running. */
export interface ObstacleReport {
  /** The name of the error number, if execve(2) fails. */
  code?: string;
  /** The signal, if the process is killed. */
  signal?: string;
  /** The file that it is about. */
  at: string;
  /**
   * How many lines name that file and those before it: 0 for what was executed,
   * 1 for its interpreter. The loader of a program counts as one more.
   */
  level: number;
  /** Why, in words. */
  reason: string;
}

/** What env(1) of GNU coreutils does. */
export interface EnvReport {
  /** As in `EnvOutcome` of `@procctl/shebang`. */
  kind: "execute" | "loop" | "print" | "fail" | "unknown";
  /** Why, in words, unless it executes something. */
  reason?: string;
  /** Its exit status, if it fails. */
  status?: number;
  /** What it executes. */
  path?: string;
  /** The arguments of that. */
  argv?: string[];
  /** Whether that has no format, and is given to /bin/sh. */
  shell?: boolean;
  /** The files in PATH that it passes over. */
  passedOver: PassedOverReport[];
  /** What becomes of what it executes. */
  resolution?: ResolutionReport;
}

/** What on a path keeps a file from being executed. */
export interface FaultReport {
  /** What it is, as in `PathFault` of `@procctl/exec`. */
  kind: PathFaultKind;
  /** The path up to it. */
  path: string;
  /** The permissions of what is there, in octal, if they are to blame. */
  mode?: string;
}

/** A file in PATH that was passed over. */
export interface PassedOverReport {
  /** The file. */
  path: string;
  /** The name of the error number. */
  code: string;
  /** Why, in words. */
  reason: string;
}

/** The environment that a program would be given. */
export interface EnvironmentReport {
  /** How many variables it has. */
  variables: number;
  /** What they take of the room, with a NUL and a pointer of 8 bytes each. */
  bytes: number;
  /** The largest ones, at most ten, with what each takes. */
  largest: { name: string; bytes: number }[];
}
