/**
 * What is worth saying about a `#!` line that the kernel accepts.
 *
 * @module
 */

/**
 * The kinds of {@linkcode Diagnostic}.
 *
 * - `argument-cut`: the line is longer than the 255 bytes that the kernel
 *   passes on, so the argument may be cut.
 * - `argument-lost`: the line is longer than that and no argument begins within
 *   those bytes, so one that begins after them is lost.
 * - `carriage-return`: the interpreter or the argument ends in a carriage
 *   return, which is part of it. The line has a Windows line ending.
 * - `empty-argument`: the kernel passes one empty argument, because a blank
 *   after the interpreter is followed by the end of the file or a NUL byte.
 * - `empty-interpreter`: the interpreter is the empty string. The kernel opens
 *   the current directory in its place and execve(2) fails with EACCES.
 * - `long-line`: the interpreter or the argument reaches past the first 127
 *   bytes, which are all that a kernel before 5.1 reads.
 * - `nul-byte`: a NUL byte ends the interpreter or the argument, and the rest
 *   of the line is not used.
 * - `relative-interpreter`: the interpreter is not an absolute path. The kernel
 *   looks for it from the current directory of the process, and never in `PATH`.
 */
export type DiagnosticKind =
  | "argument-cut"
  | "argument-lost"
  | "carriage-return"
  | "empty-argument"
  | "empty-interpreter"
  | "long-line"
  | "nul-byte"
  | "relative-interpreter";

/** A remark on a `#!` line that the kernel accepts, but perhaps not as meant. */
export interface Diagnostic {
  /** What was found. */
  kind: DiagnosticKind;
  /** The same in words, for a person: a sentence without its period. */
  message: string;
}
