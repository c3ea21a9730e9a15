#!/usr/bin/env -S deno run --allow-ffi
// deno-lint-ignore-file no-console -- to print is what this program is for

/**
 * Prints every resource limit of this process, or of any other.
 *
 * @module
 */

import { limitsReport } from "@procctl/cli/limits-report";
import { formatLimits, getAllLimits64, SystemError } from "@procctl/rlimit";
import { parseArgs } from "@std/cli/parse-args";

const USAGE = `Usage: get-limits [--pid PID] [--raw] [--json]

Prints the soft and the hard limit of each resource.

  --pid PID   of this process, not of get-limits itself
  --raw       digits alone, in the resource's own unit, one blank between
  --json      as JSON, with exact limits as text`;

/** What the command line asks for. */
interface Options {
  pid: number;
  raw: boolean;
  json: boolean;
}

/** Prints the limits, or says why it cannot. */
export function main(): void {
  const options = readOptions(Deno.args);
  if (typeof options === "string") return fail(`${options}\n${USAGE}`, 2);
  if (options === undefined) return console.log(USAGE);
  try {
    const limits = getAllLimits64(options.pid);
    console.log(
      options.json
        ? JSON.stringify(limitsReport(options.pid || Deno.pid, limits), null, 2)
        : formatLimits(limits, { raw: options.raw }),
    );
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    fail(`get-limits: ${error.message}`, 1);
  }
}

/** The options; text if there is something wrong, nothing if help is asked for. */
function readOptions(args: readonly string[]): Options | string | undefined {
  const wrong: string[] = [];
  const { pid, raw, json, help } = parseArgs(args, {
    boolean: ["raw", "json", "help"],
    string: ["pid"],
    unknown: (arg) => wrong.push(arg),
  });
  if (help) return undefined;
  if (wrong.length > 0) return `get-limits: Cannot use "${wrong[0]}"`;
  if (pid === undefined) return { pid: 0, raw, json };
  const number = Number(pid);
  if (/^[0-9]+$/.test(pid) && number > 0 && number < 2 ** 31) {
    return { pid: number, raw, json };
  }
  return `get-limits: Cannot use "${pid}" as a process: expected its number`;
}

function fail(message: string, code: number): void {
  console.error(message);
  Deno.exitCode = code;
}

if (import.meta.main) main();
