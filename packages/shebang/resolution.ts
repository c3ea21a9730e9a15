/**
 * What becomes of an execve(2), as {@linkcode resolveInterpreters} says it.
 *
 * @module
 */

import type { Diagnostic } from "./diagnostic.ts";
import type { ElfFile } from "./elf.ts";

/** One script on the way to a program. */
export interface ScriptStep {
  /** The script, as it was executed or stands in the line before. */
  path: Uint8Array;
  /** The interpreter in its line. */
  interpreter: Uint8Array;
  /** What the line passes to it: one argument or none. */
  args: Uint8Array[];
  /** Remarks on the line. */
  diagnostics: Diagnostic[];
}

/**
 * What becomes of an execve(2), told apart by `kind`.
 *
 * - `program`: a program runs.
 * - `error`: execve(2) fails.
 * - `killed`: execve(2) neither fails nor returns: the process is killed.
 * - `unknown`: it depends on what is not known here.
 */
export type Resolution =
  | ResolvedProgram
  | ResolutionError
  | ResolutionKilled
  | ResolutionUnknown;

/** The program that runs. */
export interface ResolvedProgram {
  /** A program runs. */
  kind: "program";
  /** Its path, as it was executed or stands in the last line. */
  path: Uint8Array;
  /** The arguments that it gets. */
  argv: Uint8Array[];
  /** The scripts that led to it, the one that was executed first. */
  chain: ScriptStep[];
  /** What it is. */
  elf: ElfFile;
  /**
   * Its name in /proc/PID/comm: the last part of the path that was executed, of
   * the script where there is one, at most 15 bytes. Undefined if a descriptor
   * was executed, whose file's name is not known here.
   */
  comm: Uint8Array | undefined;
  /** What it runs in its turn, if it is env(1) and the environment was given. */
  env?: EnvOutcome;
}

/** Why execve(2) fails. */
export interface ResolutionError {
  /** It fails. */
  kind: "error";
  /** The name of the error number, such as `"ENOENT"`. */
  code: string;
  /** The file that it is about, as it was executed or stands in a line. */
  at: Uint8Array;
  /**
   * How many lines name that file and those before it: 0 for what was executed,
   * 1 for its interpreter. The loader of an ELF file counts as one more.
   */
  level: number;
  /** Why, in words, for a person: a sentence without its period. */
  reason: string;
  /** The scripts before it. */
  chain: ScriptStep[];
}

/** Why the process is killed. */
export interface ResolutionKilled {
  /** The process is killed: it was too late for execve(2) to fail. */
  kind: "killed";
  /** By which signal. */
  signal: "SIGSEGV";
  /** The file that it is about. */
  at: Uint8Array;
  /** As in a {@linkcode ResolutionError}. */
  level: number;
  /** Why, in words, for a person: a sentence without its period. */
  reason: string;
  /** The scripts before it. */
  chain: ScriptStep[];
}

/** What must be known to tell. */
export interface ResolutionUnknown {
  /** It depends on what is not known here. */
  kind: "unknown";
  /** The file that it is about. */
  at: Uint8Array;
  /** As in a {@linkcode ResolutionError}. */
  level: number;
  /** What is not known, in words, for a person: a sentence without its period. */
  reason: string;
  /** The scripts before it. */
  chain: ScriptStep[];
}

/** A file in PATH that env(1) tried and passed over. */
export interface PassedOver {
  /** The path that was tried. */
  path: Uint8Array;
  /** The name of the error number. */
  code: string;
  /** Why, in words, for a person: a sentence without its period. */
  reason: string;
}

/**
 * What env(1) of GNU coreutils does when a program is resolved to it, told
 * apart by `kind`.
 *
 * - `execute`: it executes a program, whose own resolution is told.
 * - `loop`: it executes the same script with the same arguments again, and so
 *   without end.
 * - `print`: it prints something, and ends with status 0.
 * - `fail`: it fails, with status 125 for a fault of its own, 127 if there is
 *   no program, and 126 if it cannot be executed.
 * - `unknown`: it depends on what is not known here.
 */
export type EnvOutcome =
  | EnvExecution
  | {
    /** It executes the same script again, without end. */
    kind: "loop";
    /** The path that it executes. */
    path: Uint8Array;
  }
  | {
    /** It prints something, and ends with status 0. */
    kind: "print";
    /** What, in words, for a person: a sentence without its period. */
    reason: string;
  }
  | {
    /** It fails. */
    kind: "fail";
    /** Its exit status. */
    status: 125 | 126 | 127;
    /** Why, in words, for a person: a sentence without its period. */
    reason: string;
    /** The files in PATH that it passed over. */
    passedOver: PassedOver[];
  }
  | {
    /** It depends on what is not known here. */
    kind: "unknown";
    /** What is not known, in words, for a person. */
    reason: string;
  };

/** The program that env(1) executes. */
export interface EnvExecution {
  /** It executes a program. */
  kind: "execute";
  /** The path that it executes: with a folder of PATH, if it had no slash. */
  path: Uint8Array;
  /** The arguments that it passes on. */
  argv: Uint8Array[];
  /** The environment that it passes on, as entries. */
  env: Uint8Array[];
  /** The directory that it changes to before, if it does. */
  directory?: Uint8Array;
  /**
   * Whether the file has no format that the kernel knows, so that it is given
   * to /bin/sh instead, as execvp(3) of glibc does.
   */
  shell: boolean;
  /** The files in PATH that it passed over. */
  passedOver: PassedOver[];
  /** What becomes of it: a program, or what is not known of it. */
  resolution: Exclude<Resolution, ResolutionError>;
}
