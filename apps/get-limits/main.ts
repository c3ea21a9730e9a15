#!/usr/bin/env -S deno run --allow-ffi
// deno-lint-ignore-file no-console -- to print is what this program is for

/**
 * Prints every resource limit of this process, or of any other.
 *
 * @module
 */

import {
  formatLimit,
  getAllLimits64,
  type Resource,
  RESOURCES,
  type Rlimit64,
  SystemError,
} from "@procctl/rlimit";
import { parseArgs } from "@std/cli/parse-args";

const USAGE = `Usage: get-limits [--pid PID] [--raw] [--json]

Prints the soft and the hard limit of each resource.

  --pid PID   of this process, not of get-limits itself
  --raw       in the resource's own unit, digits alone
  --json      as JSON; what JavaScript's numbers cannot hold is text`;

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
    const text = options.json ? toJson(limits) : toTable(limits, options.raw);
    console.log(text);
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

/** The limits in columns, with those of the figures flush right. */
function toTable(
  limits: Readonly<Record<Resource, Rlimit64>>,
  raw: boolean,
): string {
  const rows = Object.entries(limits).map(([key, { soft, hard }]) => {
    const name = key as Resource;
    const [left, right] = [soft, hard].map((it) =>
      formatLimit(it, name, { raw })
    );
    return [name, left!, right!, RESOURCES[name].unit];
  });
  const table = [["RESOURCE", "SOFT", "HARD", "UNIT"], ...rows];
  const [nameWidth, softWidth, hardWidth] = [0, 1, 2].map((column) =>
    Math.max(...table.map((row) => row[column]!.length))
  );
  return table.map(([name, soft, hard, unit]) =>
    [
      name!.padEnd(nameWidth!),
      soft!.padStart(softWidth!),
      hard!.padStart(hardWidth!),
      unit,
    ].join("  ")
  ).join("\n");
}

/** The limits as an object by resource. */
function toJson(limits: Readonly<Record<Resource, Rlimit64>>): string {
  const entries = Object.entries(limits).map(([name, { soft, hard }]) => [
    name,
    {
      soft: toJsonValue(soft),
      hard: toJsonValue(hard),
      unit: RESOURCES[name as Resource].unit,
    },
  ]);
  return JSON.stringify(Object.fromEntries(entries), null, 2);
}

function toJsonValue(limit: bigint): number | string {
  return limit <= Number.MAX_SAFE_INTEGER
    ? Number(limit)
    : formatLimit(limit, undefined, { raw: true });
}

function fail(message: string, code: number): void {
  console.error(message);
  Deno.exitCode = code;
}

if (import.meta.main) main();
