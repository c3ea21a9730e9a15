#!/usr/bin/env -S deno run --allow-ffi
// deno-lint-ignore-file no-console -- to print is what this program is for

/**
 * Runs a program, and makes stars of a word in all that it writes.
 *
 * @module
 */

import { programArguments, SystemError } from "@procctl/libc";
import { Censor } from "./_censor.ts";
import { endAs, leaveSignalsTo, stopAsWell } from "./_signals.ts";
import { start } from "./_start.ts";
import { Word } from "./_word.ts";

const USAGE = `Usage: censor WORD [--] COMMAND [ARGUMENT...]

Runs COMMAND, and makes stars of WORD in all that it writes. A WORD that begins
with a dash needs another -- before it.`;

const BAD_USE = 2;
const FAILED = 125;
const CANNOT_EXECUTE = 126;
const NOT_FOUND = 127;

/** Runs the command to its end, and ends as it did, or says why it cannot. */
export async function main(): Promise<void> {
  const [first] = Deno.args;
  if (first === "--help") return console.log(USAGE);
  if (first !== "--" && first?.startsWith("-")) {
    return fail(`Cannot use "${first}"\n${USAGE}`, BAD_USE);
  }
  const [, ...args] = programArguments();
  const [word, ...rest] = first === "--" ? args.slice(1) : args;
  const [command, ...its] = isDashes(rest[0]) ? rest.slice(1) : rest;
  if (!word?.length) {
    return fail(`Cannot start without a word\n${USAGE}`, BAD_USE);
  }
  if (command === undefined) {
    return fail(`Cannot start without a command\n${USAGE}`, BAD_USE);
  }
  await run(new Word(word), command, its);
}

function isDashes(bytes: Uint8Array | undefined): boolean {
  return new TextDecoder().decode(bytes) === "--";
}

async function run(
  word: Word,
  command: Uint8Array,
  args: readonly Uint8Array[],
): Promise<void> {
  const root = tryStart(command, args);
  if (root === undefined) return;
  try {
    const censor = new Censor(word, root);
    leaveSignalsTo(censor, root);
    await censor.run((signal) => stopAsWell(censor, root, signal));
    endAs(censor.end!);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    // The program goes with this one: nothing of it is seen that should not be.
    fail(error.message, FAILED);
    Deno.exit();
  }
}

/** The program's number, stopped at its exec; undefined, and said why, if not. */
function tryStart(
  command: Uint8Array,
  args: readonly Uint8Array[],
): number | undefined {
  try {
    return start(command, args);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    // As of env(1) and sh(1).
    const isExec = /^(execve|execvp)/.test(error.syscall);
    const code = error.code === "ENOENT" ? NOT_FOUND : CANNOT_EXECUTE;
    fail(error.message, isExec ? code : FAILED);
  }
}

function fail(message: string, code: number): void {
  console.error(`censor: ${message}`);
  Deno.exitCode = code;
}

if (import.meta.main) await main();
