import {
  ascii,
  CARRIAGE_RETURN,
  decode,
  hasName,
  indexOf,
  indexOfBlank,
  isBlank,
  NUL,
  SLASH,
} from "./_bytes.ts";
import { diagnoseEnv } from "./_diagnose_env.ts";
import { isEnv } from "./_env_command.ts";
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
  /** Where what follows the interpreter begins, or -1 if nothing does. */
  arg: number;
  /** The interpreter, as the kernel opens it. */
  interpreter: Uint8Array;
  /** What follows it, before it is divided, if anything does. */
  argument: Uint8Array | undefined;
  /** The arguments, as the kernel passes them. */
  args: readonly Uint8Array[];
}

/** What a kernel before 5.1 sees: it reads 128 bytes and makes the last one 0. */
const OLD_KERNEL_BYTES = 127;

const BACKSLASH = 0x5c;
const DASH = 0x2d;
const DOT = 0x2e;
const QUOTES = [0x22, 0x27];

/** Programs that execute what they are given first, which is then the script. */
const WRAPPERS = ["nice", "nohup", "setsid"].map(ascii);

/** Takes one remark. */
export type Report = (kind: DiagnosticKind, message: string) => void;

/**
 * Says what is worth knowing about a line: first what concerns the interpreter,
 * then the argument, then the line as a whole.
 */
export function diagnose(line: FirstLine): Diagnostic[] {
  const found: Diagnostic[] = [];
  const report: Report = (kind, message) => {
    found.push({ kind, message });
  };
  diagnoseInterpreter(line, report);
  if (line.argument !== undefined) {
    diagnoseArgument(line.argument, line, report);
  }
  diagnoseUse(line, report);
  diagnoseEnd(line, report);
  return found;
}

function diagnoseInterpreter(line: FirstLine, report: Report): void {
  const { interpreter } = line;
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
  if (interpreter[interpreter.length - 1] === CARRIAGE_RETURN) {
    report(
      "carriage-return",
      "The interpreter ends in a carriage return, which is part of its name: the line has a Windows line ending",
    );
  }
  if (blankInPath(line)) {
    report(
      "blank-in-path",
      "The interpreter ends at the first blank, and what follows looks like the rest of its path: a path with a blank cannot be written, neither with quotes nor with a backslash",
    );
  }
}

/** Whether the interpreter looks like the first part of a path with a blank. */
function blankInPath({ interpreter, argument }: FirstLine): boolean {
  if (argument === undefined || argument.length === 0) return false;
  if (interpreter[interpreter.length - 1] === BACKSLASH) return true;
  if (QUOTES.includes(interpreter[0]!)) return true;
  const first = argument[0];
  if (first === DASH || first === SLASH || first === DOT) return false;
  const slash = indexOf(argument, SLASH, 0, argument.length);
  if (slash === -1 || isEnv(interpreter)) return false;
  const blank = indexOfBlank(argument);
  return blank === -1 || slash < blank;
}

function diagnoseArgument(
  argument: Uint8Array,
  line: FirstLine,
  report: Report,
): void {
  if (argument.length === 0) {
    report(
      "empty-argument",
      line.arg < line.length
        ? "The kernel passes one empty argument: a NUL byte follows the blank after the interpreter"
        : "The kernel passes one empty argument: the file ends in a blank, without a newline",
    );
  }
  if (argument[argument.length - 1] === CARRIAGE_RETURN) {
    report(
      "carriage-return",
      "The argument ends in a carriage return, which is part of it: the line has a Windows line ending",
    );
  }
}

/** What the interpreter will do with what it is given. */
function diagnoseUse(line: FirstLine, report: Report): void {
  const { interpreter, argument } = line;
  if (isEnv(interpreter)) return diagnoseEnv(line, report);
  if (argument === undefined) {
    const name = WRAPPERS.find((name) => hasName(interpreter, name));
    if (name === undefined) return;
    report(
      "self-executing",
      `${
        decode(name)
      } executes its first argument, which is the script: it executes itself without end`,
    );
  } else if (indexOfBlank(argument) !== -1) {
    report(
      "several-words",
      "The argument has blanks in it: Linux passes it as one, other systems divide it or pass its first word alone",
    );
  }
}

function diagnoseEnd(line: FirstLine, report: Report): void {
  const { argument, buf } = line;
  const passed = buf.length - 1;
  if (hasNul(line)) {
    const ended = argument === undefined ? "interpreter" : "argument";
    report(
      "nul-byte",
      `A NUL byte ends the ${ended}: the rest of the line is not used`,
    );
  } else if (runsPastBuffer(line)) {
    // The last byte may be a blank, and what follows it is out of sight, so no
    // message can say for sure that something is missing.
    if (argument !== undefined) {
      report(
        "argument-cut",
        `The line is longer than the ${passed} bytes that the kernel passes on: the argument may be cut`,
      );
    } else if (
      line.name + line.interpreter.length === passed && !isBlank(buf[passed])
    ) {
      report(
        "interpreter-cut",
        `The line is longer than the ${passed} bytes that the kernel passes on: it executes what it has of the interpreter's path`,
      );
    } else {
      report(
        "argument-lost",
        `The line is longer than the ${passed} bytes that the kernel passes on: an argument that begins after them is lost`,
      );
    }
  }
  if (usedBytes(line) > OLD_KERNEL_BYTES) {
    report(
      "long-line",
      `The line uses more than ${OLD_KERNEL_BYTES} bytes: kernels before 5.1 read no further`,
    );
  }
}

/** Whether the file itself, not the padding after its end, has a NUL byte on the line. */
function hasNul({ buf, length, end }: FirstLine): boolean {
  return indexOf(buf, NUL, 2, Math.min(end, length)) !== -1;
}

/** Whether the line goes on at the last byte that the kernel reads and drops. */
function runsPastBuffer({ buf, hasNewline }: FirstLine): boolean {
  return !hasNewline && buf[buf.length - 1] !== NUL;
}

/** How many bytes, from the start of the file, make up what the kernel uses. */
function usedBytes({ name, arg, interpreter, argument }: FirstLine): number {
  return argument === undefined
    ? name + interpreter.length
    : arg + argument.length;
}
