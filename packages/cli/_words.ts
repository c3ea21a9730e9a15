import { UsageError } from "./_usage_error.ts";
import type { Option } from "./command.ts";

/** A command line, taken apart. */
export interface Words {
  /** The options, each as one word: `--flag` or `--name=value`. */
  options: string[];
  /** What follows them. */
  operands: string[];
}

/**
 * Reads options as getopt_long(3) does for prlimit(1) and env(1): up to the first
 * operand or `--`, letters together or with their value, values that begin with
 * a dash, and values that may be left out. `parseArgs()` knows none of these
 * rules; the words given here are those that it reads alike.
 *
 * The `=` of `-n=64` is no part of the value, as prlimit(1) has it.
 */
export function readWords(
  args: readonly string[],
  options: readonly Option[],
): Words {
  const words: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!;
    if (arg === "--") return { options: words, operands: args.slice(at + 1) };
    if (arg === "-" || !arg.startsWith("-")) {
      return { options: words, operands: args.slice(at) };
    }
    const next = args[at + 1];
    const tookNext = arg.startsWith("--")
      ? readLong(arg, next, options, words)
      : readShort(arg, next, options, words);
    if (tookNext) at++;
  }
  return { options: words, operands: [] };
}

/** Reads `--name`, `--name=value` or `--name value`; tells if it took `next`. */
function readLong(
  arg: string,
  next: string | undefined,
  options: readonly Option[],
  words: string[],
): boolean {
  const equals = arg.indexOf("=");
  const name = equals < 0 ? arg : arg.slice(0, equals);
  const option = options.find((it) => `--${it.name}` === name);
  if (option === undefined) {
    throw new UsageError(`There is no option "${name}"`);
  }
  if (equals < 0) return addWithNext(option, name, next, words);
  add(option, name, arg.slice(equals + 1), words);
  return false;
}

/** Reads `-f`, `-fg`, `-nVALUE` or `-n VALUE`; tells if it took `next`. */
function readShort(
  arg: string,
  next: string | undefined,
  options: readonly Option[],
  words: string[],
): boolean {
  for (let at = 1; at < arg.length; at++) {
    const name = `-${arg[at]}`;
    const option = options.find(({ short }) => short === arg[at]);
    if (option === undefined) {
      throw new UsageError(`There is no option "${name}"`);
    }
    const rest = arg.slice(at + 1);
    if (rest === "") return addWithNext(option, name, next, words);
    if (option.value === undefined) words.push(`--${option.name}`);
    else {
      add(option, name, option.optional ? rest.replace(/^=/, "") : rest, words);
      return false;
    }
  }
  return false;
}

/** Adds an option that has no value attached; tells if it took `next`. */
function addWithNext(
  option: Option,
  name: string,
  next: string | undefined,
  words: string[],
): boolean {
  if (option.value === undefined || option.optional) {
    words.push(`--${option.name}`);
    return false;
  }
  if (next === undefined) {
    throw new UsageError(`The option "${name}" needs a value: ${option.value}`);
  }
  add(option, name, next, words);
  return true;
}

function add(
  option: Option,
  name: string,
  value: string,
  words: string[],
): void {
  if (option.value === undefined) {
    throw new UsageError(`The option "${name}" takes no value`);
  }
  // Such as of "--nofile=$UNSET", which must not be taken for "--nofile".
  if (option.optional && value === "") {
    throw new UsageError(`The option "${name}" has an empty value`);
  }
  words.push(`--${option.name}=${value}`);
}
