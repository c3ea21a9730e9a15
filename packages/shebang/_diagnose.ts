import type { Diagnostic, DiagnosticKind } from "./diagnostic.ts";

/** A first line that the kernel accepts, as its rules take it apart. */
export interface FirstLine {
  /** The bytes that the kernel reads, with zeros after the end of the file. */
  buf: Uint8Array;
  /** How many of these bytes the file has. */
  length: number;
  /** Whether there is a newline among them. */
  hasNewline: boolean;
  /** Where the kernel ends the line. */
  end: number;
  /** Where the interpreter begins. */
  name: number;
  /** Where the argument begins, or -1 if there is none. */
  arg: number;
  /** The interpreter, as the kernel opens it. */
  interpreter: Uint8Array;
  /** The argument, as the kernel passes it, if there is one. */
  argument: Uint8Array | undefined;
}

/** What a kernel before 5.1 sees: it reads 128 bytes and makes the last one 0. */
const OLD_KERNEL_BYTES = 127;

const NUL = 0x00;
const CARRIAGE_RETURN = 0x0d;
const SLASH = 0x2f;

/**
 * Says what is worth knowing about a line: first what concerns the interpreter,
 * then the argument, then the line as a whole.
 */
export function diagnose(line: FirstLine): Diagnostic[] {
  const { interpreter, argument } = line;
  const found: Diagnostic[] = [];
  const report = (kind: DiagnosticKind, message: string) => {
    found.push({ kind, message });
  };

  if (interpreter.length === 0) {
    report(
      "empty-interpreter",
      "The interpreter is empty: the kernel opens the current directory in its place, and execve fails with EACCES",
    );
  } else if (interpreter[0] !== SLASH) {
    report(
      "relative-interpreter",
      "The interpreter is not an absolute path: the kernel looks for it from the current directory, not from the folder of the script and not in PATH",
    );
  }
  if (interpreter.at(-1) === CARRIAGE_RETURN) {
    report(
      "carriage-return",
      "The interpreter ends in a carriage return, which is part of its name: the line has a Windows line ending",
    );
  }

  if (argument?.length === 0) {
    report(
      "empty-argument",
      line.arg < line.length
        ? "The kernel passes one empty argument: a NUL byte follows the blank after the interpreter"
        : "The kernel passes one empty argument: the file ends in a blank, without a newline",
    );
  }
  if (argument?.at(-1) === CARRIAGE_RETURN) {
    report(
      "carriage-return",
      "The argument ends in a carriage return, which is part of it: the line has a Windows line ending",
    );
  }

  if (hasNul(line)) {
    const ended = argument === undefined ? "interpreter" : "argument";
    report(
      "nul-byte",
      `A NUL byte ends the ${ended}: the rest of the line is not used`,
    );
  } else if (runsPastBuffer(line)) {
    // Byte 255 may be a blank, and what follows it is out of sight, so neither
    // message can say for sure that something is missing.
    if (argument === undefined) {
      report(
        "argument-lost",
        "The line is longer than the 255 bytes that the kernel passes on: an argument that begins after them is lost",
      );
    } else {
      report(
        "argument-cut",
        "The line is longer than the 255 bytes that the kernel passes on: the argument may be cut",
      );
    }
  }
  if (usedBytes(line) > OLD_KERNEL_BYTES) {
    report(
      "long-line",
      `The line uses more than ${OLD_KERNEL_BYTES} bytes: kernels before 5.1 read no further`,
    );
  }
  return found;
}

/** Whether the file itself, not the padding after its end, has a NUL byte on the line. */
function hasNul({ buf, length, end }: FirstLine): boolean {
  return buf.subarray(2, Math.min(end, length)).includes(NUL);
}

/** Whether the line goes on at the last byte that the kernel reads and drops. */
function runsPastBuffer({ buf, hasNewline }: FirstLine): boolean {
  return !hasNewline && buf.at(-1) !== NUL;
}

/** How many bytes, from the start of the file, make up what the kernel uses. */
function usedBytes({ name, arg, interpreter, argument }: FirstLine): number {
  return argument === undefined
    ? name + interpreter.length
    : arg + argument.length;
}
