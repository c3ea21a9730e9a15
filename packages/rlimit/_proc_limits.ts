import type { Rlimit64 } from "./_call.ts";
import { RLIM_INFINITY } from "./constants.ts";
import { RESOURCES } from "./resources.ts";
import type { Resource } from "./types.ts";

/**
 * Reads /proc/PID/limits: a line for each resource, with its name, which has
 * blanks, the soft limit, the hard limit, and for most the unit.
 */
export function parseProcLimits(text: string): Record<Resource, Rlimit64> {
  const lines = text.split("\n");
  const entries = Object.entries(RESOURCES).map(([resource, { procName }]) => {
    const line = lines.find((it) => it.startsWith(`${procName} `));
    if (line === undefined) {
      throw new Error(`Cannot find "${procName}" in the limits of a process`);
    }
    const [soft, hard] = line.slice(procName.length).trim().split(/ +/);
    return [resource, { soft: parse(soft!), hard: parse(hard!) }];
  });
  return Object.fromEntries(entries);
}

function parse(limit: string): bigint {
  return limit === "unlimited" ? RLIM_INFINITY : BigInt(limit);
}
