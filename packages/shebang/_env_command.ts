/** What env(1) of GNU coreutils makes of its command line. */

import { ascii, decode, hasName, isSeparator, quote } from "./_bytes.ts";
import { withEntry, without } from "./_environment.ts";
import { splitBytes } from "./_split.ts";

/** What env(1) goes on to do. */
export type EnvCommand =
  | {
    /** It executes a program that it finds in PATH. */
    kind: "execute";
    /** The program's name and its arguments. */
    argv: Uint8Array[];
    /** The program's environment, as entries. */
    env: Uint8Array[];
    /** Where it changes to before. */
    directory: Uint8Array | undefined;
  }
  | {
    /** It prints something and ends with status 0. */
    kind: "print";
    /** What, in words. */
    reason: string;
  }
  | {
    /** It fails with status 125. */
    kind: "fail";
    /** Why, in words. */
    reason: string;
  }
  | {
    /** It depends on which env(1) it is. */
    kind: "unknown";
    /** What does, in words. */
    reason: string;
  };

/** The short options that take an argument, by their long names. */
const WITH_ARGUMENT: Readonly<Record<string, string>> = {
  C: "chdir",
  S: "split-string",
  u: "unset",
};

/** The others. */
const WITHOUT_ARGUMENT: Readonly<Record<string, string>> = {
  0: "null",
  i: "ignore-environment",
  v: "debug",
};

/** The long options that have no short one, and may have an argument. */
const LONG_ONLY = [
  "block-signal",
  "default-signal",
  "help",
  "ignore-signal",
  "list-signal-handling",
  "version",
];

const LONG_NAMES = [
  ...Object.values(WITH_ARGUMENT),
  ...Object.values(WITHOUT_ARGUMENT),
  ...LONG_ONLY,
];

const DASH = 0x2d;
const EQUALS = 0x3d;

/** Ends the reading of the command line. */
class Ending extends Error {
  constructor(readonly kind: "print" | "fail" | "unknown", reason: string) {
    super(reason);
  }
}

/**
 * Reads a command line of env(1).
 *
 * @param argv The arguments, env(1)'s own name first.
 * @param entries The environment that it is given.
 */
export function readEnvCommand(
  argv: readonly Uint8Array[],
  entries: readonly Uint8Array[],
): EnvCommand {
  try {
    return new CommandLine(argv, entries).read();
  } catch (ending) {
    if (!(ending instanceof Ending)) throw ending;
    return { kind: ending.kind, reason: ending.message };
  }
}

class CommandLine {
  /** What is still to be read. */
  #rest: Uint8Array[];
  readonly #entries: readonly Uint8Array[];
  #clear = false;
  #null = false;
  #directory: Uint8Array | undefined;
  readonly #unset: Uint8Array[] = [];

  constructor(argv: readonly Uint8Array[], entries: readonly Uint8Array[]) {
    this.#rest = argv.slice(1);
    this.#entries = entries;
  }

  read(): EnvCommand {
    while (isOption(this.#rest[0])) {
      const word = this.#rest.shift()!;
      if (word[1] !== DASH) this.#readCluster(word);
      else if (word.length > 2) this.#readLong(word.subarray(2));
      else break;
    }
    if (this.#rest[0]?.length === 1 && this.#rest[0][0] === DASH) {
      this.#rest.shift();
      this.#clear = true;
    }
    const env = this.#environment();
    const directory = this.#directory;
    if (this.#rest.length > 0) {
      if (this.#null) {
        throw new Ending("fail", "It takes no command together with -0");
      }
      return { kind: "execute", argv: this.#rest, env, directory };
    }
    if (directory !== undefined) {
      throw new Ending("fail", "It takes -C only together with a command");
    }
    throw new Ending("print", "It is given no command: it prints variables");
  }

  /** Short options: one that takes an argument takes what is left of the word. */
  #readCluster(word: Uint8Array): void {
    for (let at = 1; at < word.length; at++) {
      const letter = String.fromCharCode(word[at]!);
      if (Object.hasOwn(WITHOUT_ARGUMENT, letter)) {
        this.#apply(WITHOUT_ARGUMENT[letter]!, undefined);
      } else if (Object.hasOwn(WITH_ARGUMENT, letter)) {
        const attached = word.subarray(at + 1);
        const value = attached.length > 0 ? attached : this.#rest.shift();
        return this.#apply(WITH_ARGUMENT[letter]!, value);
      } else throw unknownLetter(word[at]!, letter);
    }
  }

  #readLong(word: Uint8Array): void {
    const equalsAt = word.indexOf(EQUALS);
    const name = decode(equalsAt === -1 ? word : word.subarray(0, equalsAt));
    const attached = equalsAt === -1 ? undefined : word.subarray(equalsAt + 1);
    if (!LONG_NAMES.includes(name)) throw unknownName(name);
    if (Object.values(WITH_ARGUMENT).includes(name)) {
      return this.#apply(name, attached ?? this.#rest.shift());
    }
    if (attached === undefined) return this.#apply(name, undefined);
    if (name.endsWith("-signal")) {
      const reason = `Whether --${name} accepts ${quote(attached)} is not ` +
        "known here";
      throw new Ending("unknown", reason);
    }
    throw new Ending("fail", `Its option --${name} takes no argument`);
  }

  #apply(name: string, value: Uint8Array | undefined): void {
    if (value === undefined && Object.values(WITH_ARGUMENT).includes(name)) {
      throw new Ending("fail", `Its option --${name} has no argument`);
    }
    if (name === "ignore-environment") this.#clear = true;
    else if (name === "null") this.#null = true;
    else if (name === "unset") this.#unset.push(value!);
    else if (name === "chdir") this.#directory = value;
    else if (name === "split-string") this.#split(value!);
    else if (name === "help" || name === "version") {
      throw new Ending("print", `It prints its ${name}`);
    }
    // The others change signals or print to the standard error.
  }

  /** The pieces take the place of the option, and may be options themselves. */
  #split(text: Uint8Array): void {
    const split = splitBytes(text, this.#entries);
    if (split.kind === "error") {
      throw new Ending(
        "fail",
        `It cannot split ${quote(text)}: ${split.reason}`,
      );
    }
    this.#rest.unshift(...split.words);
  }

  /** Applies what was read: first what is removed, then what is set. */
  #environment(): Uint8Array[] {
    let env = this.#clear ? [] : [...this.#entries];
    if (!this.#clear) {
      for (const name of this.#unset) {
        if (name.length === 0 || name.includes(EQUALS)) {
          throw new Ending("fail", `It cannot unset ${quote(name)}`);
        }
        env = without(env, name);
      }
    }
    while (this.#rest[0]?.includes(EQUALS)) {
      env = withEntry(env, this.#rest.shift()!);
    }
    return env;
  }
}

/** A lone dash is none. */
function isOption(word: Uint8Array | undefined): boolean {
  return word !== undefined && word[0] === DASH && word.length > 1;
}

function unknownLetter(byte: number, letter: string): Ending {
  if (letter === "a") {
    return new Ending("unknown", "Only some versions have the option -a");
  }
  const reason = isSeparator(byte)
    ? "It takes a blank for an option: options in a #! line need -S"
    : `It has no option -${letter}`;
  return new Ending("fail", reason);
}

function unknownName(name: string): Ending {
  if (name === "argv0") {
    return new Ending("unknown", "Only some versions have the option --argv0");
  }
  if (LONG_NAMES.some((it) => it.startsWith(name))) {
    const reason = `It may take --${name} for the beginning of another option`;
    return new Ending("unknown", reason);
  }
  return new Ending("fail", `It has no option --${name}`);
}

const ENV = ascii("env");

/** Whether a program is env(1), as far as its name tells. */
export function isEnv(path: Uint8Array): boolean {
  return hasName(path, ENV);
}
