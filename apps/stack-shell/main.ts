#!/usr/bin/env -S deno run --allow-ffi
// deno-lint-ignore-file no-console -- to print is what this program is for

/**
 * Starts a shell, or any program, with another soft limit of the stack.
 *
 * @module
 */

import { exec, SystemError } from "@procctl/exec";
import { getenv, programArguments } from "@procctl/libc";
import { formatLimit, getrlimit, parseLimit } from "@procctl/rlimit";
import { parseArgs } from "@std/cli/parse-args";

const USAGE = `Usage: stack-shell SIZE [--] [COMMAND [ARGUMENT...]]

Starts $SHELL, or a command, with SIZE as the soft limit of the stack, such as
64MiB or unlimited.`;

const BAD_USE = 2;
const CANNOT_EXECUTE = 126;
const NOT_FOUND = 127;

/** Becomes the shell or the command, or says why it cannot. */
export function main(): void {
  const wrong: string[] = [];
  const { _: words, "--": after, help } = parseArgs(Deno.args, {
    "--": true,
    boolean: ["help"],
    string: ["_"],
    stopEarly: true,
    unknown: (arg, key) => key === undefined || wrong.push(arg),
  });
  if (help) return console.log(USAGE);
  if (wrong.length > 0) {
    return fail(`Cannot use "${wrong[0]}"\n${USAGE}`, BAD_USE);
  }
  const [size, ...command] = words;
  if (size === undefined) {
    return fail(`Cannot start without a size\n${USAGE}`, BAD_USE);
  }
  // A "--" after the command's name is an argument of the command.
  const hasDashes = command.length > 0 && Deno.args.includes("--");
  start(String(size), command.length + Number(hasDashes) + after.length);
}

/** Starts what the last arguments say, or the shell if there are none. */
function start(size: string, count: number): void {
  const soft = readSize(size);
  if (soft === undefined) return;
  const shell = getenv("SHELL");
  const [command, ...args] = count === 0
    ? [shell?.length ? shell : "/bin/sh"]
    : programArguments().slice(-count);
  try {
    exec(command!, { args, limits: { stack: { soft } } });
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    // As of env(1) and sh(1).
    fail(error.message, error.code === "ENOENT" ? NOT_FOUND : CANNOT_EXECUTE);
  }
}

/** The size in bytes; undefined, and said why, if it cannot be set. */
function readSize(text: string): number | bigint | undefined {
  try {
    const size = parseLimit(text, "stack");
    const { hard } = getrlimit("stack");
    if (size <= hard) return size;
    const most = formatLimit(hard, "stack");
    fail(`Cannot set the stack to ${text}: the hard limit is ${most}`, BAD_USE);
  } catch (error) {
    if (!(error instanceof TypeError) && !(error instanceof RangeError)) {
      throw error;
    }
    fail(error.message, BAD_USE);
  }
}

function fail(message: string, code: number): void {
  console.error(`stack-shell: ${message}`);
  Deno.exitCode = code;
}

if (import.meta.main) main();
