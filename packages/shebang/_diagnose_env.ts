import { ascii, equals, indexOfBlank, isBlank, isSeparator } from "./_bytes.ts";
import type { FirstLine, Report } from "./_diagnose.ts";
import { readEnvCommand } from "./_env_command.ts";

/** Stands for the path of the script, which is not known here; no line has it. */
const SCRIPT = ascii("\x01script");

const EQUALS = 0x3d;
const DASH = 0x2d;
const DOLLAR = 0x24;
const UPPER_S = 0x53;
/** What is special in the string after -S: quotes, #, $ and the backslash. */
const SPECIAL = [0x22, 0x27, 0x23, DOLLAR, 0x5c];

/** Says what env(1) will do with what the line gives it. */
export function diagnoseEnv(
  { interpreter, args }: FirstLine,
  report: Report,
): void {
  const [first] = args;
  // Most lines name a program, and there is nothing to say but what -S needs.
  if (first !== undefined && isPlainName(first)) return;
  if (first !== undefined && isPlainSplit(first)) return reportSplit(report);

  const command = readEnvCommand([interpreter, ...args, SCRIPT], []);
  const splits = first !== undefined && isSplitOption(first);
  // What comes of a variable is not known.
  const certain = !splits || !first.includes(DOLLAR);
  if (command.kind === "fail") {
    report("env-error", `env fails with status 125: ${command.reason}`);
  } else if (
    command.kind === "execute" && equals(command.argv[0]!, SCRIPT)
  ) {
    if (certain) {
      report(
        "self-executing",
        "The line gives env no program, so env executes its next argument, which is the script: it executes itself without end",
      );
    }
  } else if (
    command.kind === "execute" && command.argv[0] === first &&
    indexOfBlank(first!) !== -1
  ) {
    report(
      "env-without-split",
      "env looks for a program with blanks in its name, as it gets one argument: more words need env -S",
    );
  }
  if (splits) reportSplit(report);
}

function reportSplit(report: Report): void {
  report(
    "env-split",
    "Not each env has the option -S: those of BusyBox, NetBSD and OpenBSD do not, that of GNU coreutils does since 8.30",
  );
}

/** Whether the argument can be nothing but a program's name. */
function isPlainName(argument: Uint8Array): boolean {
  for (let i = 0; i < argument.length; i++) {
    const byte = argument[i]!;
    if (isBlank(byte) || byte === EQUALS || byte === DASH) return false;
  }
  return true;
}

/** Whether the argument is -S and words of which none is special to env. */
function isPlainSplit(argument: Uint8Array): boolean {
  if (argument[0] !== DASH || argument[1] !== UPPER_S) return false;
  let at = 2;
  while (isBlank(argument[at])) at++;
  // The first word must be the program, neither an option nor a variable.
  if (at === argument.length || argument[at] === DASH) return false;
  for (let first = true; at < argument.length; at++) {
    const byte = argument[at]!;
    if (isSeparator(byte)) first = false;
    else if (SPECIAL.includes(byte) || (first && byte === EQUALS)) return false;
  }
  return true;
}

const SPLIT_OPTION = /^(-[0iv]*S|--split-string(=|$))/;

function isSplitOption(argument: Uint8Array): boolean {
  const start = argument.subarray(0, 32);
  return SPLIT_OPTION.test(String.fromCharCode(...start));
}
