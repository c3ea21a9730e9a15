/**
 * Sets of system calls and signals, as `-e` takes them.
 *
 * @module
 */

import { signalName as nameOf, signalNumber } from "@procctl/libc/signals";
import {
  type SyscallArch,
  type SyscallClass,
  syscallNames,
  syscallsInClass,
} from "@procctl/syscalls";
import { UsageError } from "./_usage_error.ts";

/** A set of names; undefined stands for all of them. */
export type NameSet = ReadonlySet<string> | undefined;

/** By whose names a program can call: a 64-bit one on x86 by i386's too. */
const ARCHITECTURES: readonly SyscallArch[] = Deno.build.arch === "aarch64"
  ? ["aarch64"]
  : ["x86_64", "i386"];

let allNames: ReadonlySet<string> | undefined;

function allSyscalls(): ReadonlySet<string> {
  return allNames ??= new Set(
    ARCHITECTURES.flatMap((arch) => syscallNames(arch)),
  );
}

/** Reads a SET of system calls; undefined if it is all of them. */
export function readSyscalls(text: string): NameSet {
  return readSet(text, allSyscalls, syscallsOf);
}

/** The system calls that a word of a SET stands for. */
function syscallsOf(word: string): readonly string[] {
  if (word.startsWith("?")) {
    try {
      return syscallsOf(word.slice(1));
    } catch (error) {
      if (error instanceof UsageError) return [];
      throw error;
    }
  }
  if (word.startsWith("/")) return matching(word.slice(1));
  if (word.startsWith("%")) return classMembers(word.slice(1));
  if (OLD_CLASSES.has(word)) return classMembers(word);
  if (allSyscalls().has(word)) return [word];
  throw new UsageError(`There is no system call "${word}"`);
}

/** Classes that are written without the sign too, as strace(1) once had it. */
const OLD_CLASSES: ReadonlySet<string> = new Set([
  "desc",
  "file",
  "ipc",
  "memory",
  "network",
  "process",
]);

function classMembers(name: string): readonly string[] {
  try {
    return ARCHITECTURES.flatMap((arch) =>
      syscallsInClass(name as SyscallClass, arch)
    );
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(`There is no class of system calls "%${name}"`);
  }
}

function matching(expression: string): readonly string[] {
  let pattern: RegExp;
  try {
    pattern = new RegExp(expression);
  } catch (error) {
    throw new UsageError(
      `Cannot read the regular expression "${expression}": ${
        (error as Error).message
      }`,
    );
  }
  const found = [...allSyscalls()].filter((name) => pattern.test(name));
  if (found.length > 0) return found;
  throw new UsageError(`There is no system call like "${expression}"`);
}

/** The highest number that a signal has. */
const LAST_SIGNAL = 64;

function allSignals(): ReadonlySet<string> {
  return new Set(
    Array.from({ length: LAST_SIGNAL }, (_, index) => nameOf(index + 1)),
  );
}

/** Reads a set of signals; undefined if it is all of them. */
export function readSignals(text: string): NameSet {
  return readSet(text, allSignals, (word) => [readSignal(word)]);
}

/** Reads the name of a signal, with or without SIG, or its number. */
export function readSignal(word: string): string {
  if (/^\d+$/.test(word)) {
    const number = Number(word);
    if (number >= 1 && number <= LAST_SIGNAL) return nameOf(number);
  }
  const upper = word.toUpperCase();
  const name = upper.startsWith("SIG") ? upper : `SIG${upper}`;
  try {
    signalNumber(name);
    return name;
  } catch {
    throw new UsageError(`There is no signal "${word}"`);
  }
}

/** Reads `all`, `none`, and words with commas between, or all but these. */
function readSet(
  text: string,
  all: () => ReadonlySet<string>,
  membersOf: (word: string) => readonly string[],
): NameSet {
  if (text.startsWith("!")) {
    const others = readSet(text.slice(1), all, membersOf);
    if (others === undefined) return new Set();
    return new Set([...all()].filter((name) => !others.has(name)));
  }
  if (text === "all") return undefined;
  if (text === "none") return new Set();
  const members = new Set<string>();
  for (const word of text.split(",")) {
    if (word === "all") return undefined;
    for (const name of membersOf(word)) members.add(name);
  }
  return members;
}

/** All that one of two sets has. */
export function union(a: NameSet, b: NameSet): NameSet {
  return a === undefined || b === undefined ? undefined : new Set([...a, ...b]);
}
