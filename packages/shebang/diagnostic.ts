/**
 * What is worth saying about a `#!` line that the kernel accepts.
 *
 * @module
 */

/**
 * The kinds of {@linkcode Diagnostic}.
 *
 * About the interpreter:
 *
 * - `empty-interpreter`: it is the empty string. The kernel opens the current
 *   directory in its place and execve(2) fails with EACCES.
 * - `relative-interpreter`: it is not an absolute path. The kernel looks for it
 *   from the current directory of the process, and never in `PATH`.
 * - `carriage-return`: it, or the argument, ends in a carriage return, which is
 *   part of it. The line has a Windows line ending.
 * - `blank-in-path`: what follows it looks like the rest of its path. A path
 *   with a blank cannot be written.
 *
 * About the argument:
 *
 * - `empty-argument`: the kernel passes one empty argument, because a blank
 *   after the interpreter is followed by the end of the file or a NUL byte.
 * - `several-words`: it has blanks in it. Linux passes it as one argument, and
 *   other systems do not.
 * - `env-without-split`: the same after `env`, which then looks for a program
 *   with blanks in its name. More words need `env -S`.
 * - `env-split`: it is `-S` for `env`, an option that not each `env` has: those
 *   of BusyBox, NetBSD and OpenBSD do not.
 * - `env-error`: `env` cannot read it, and fails with status 125.
 * - `self-executing`: it leaves `env` or its like without a program, so that
 *   the script executes itself without end.
 *
 * About the line:
 *
 * - `nul-byte`: a NUL byte ends the interpreter or the argument, and the rest
 *   of the line is not used.
 * - `argument-cut`: the line is longer than what the kernel passes on, so the
 *   argument may be cut.
 * - `argument-lost`: the line is longer than that and no argument begins within
 *   those bytes, so one that begins after them is lost.
 * - `interpreter-cut`: the line is longer than that, and the kernel executes
 *   what it has of the path. Kernels since 5.1 refuse such a line.
 * - `long-line`: the interpreter or the argument reaches past the first 127
 *   bytes, which are all that a kernel before 5.1 reads.
 */
export type DiagnosticKind =
  | "argument-cut"
  | "argument-lost"
  | "blank-in-path"
  | "carriage-return"
  | "empty-argument"
  | "empty-interpreter"
  | "env-error"
  | "env-split"
  | "env-without-split"
  | "interpreter-cut"
  | "long-line"
  | "nul-byte"
  | "relative-interpreter"
  | "self-executing"
  | "several-words";

/** A remark on a `#!` line that the kernel accepts, but perhaps not as meant. */
export interface Diagnostic {
  /** What was found. */
  kind: DiagnosticKind;
  /** The same in words, for a person: a sentence without its period. */
  message: string;
}
