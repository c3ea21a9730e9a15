import { lazySymbols } from "@procctl/libc";
import { type EncodedLimit, encodeLimits } from "@procctl/rlimit/encode-limits";
import { parseLimit } from "@procctl/rlimit/parse-limit";
import type { LimitValue } from "@procctl/rlimit/types";
import { checkInteger } from "./_check.ts";
import type { SpawnLimitedOptions } from "./run_limited_options.ts";
import type { SpawnOptions } from "./spawn_options.ts";

const libc = lazySymbols({
  // pid_t getpgid(pid_t pid)
  getpgid: { parameters: ["i32"], result: "i32" },
});

/** What a timer of Deno's can hold, in seconds. */
const MAX_SECONDS = 2 ** 31 / 1000 - 1;

/** Options that were checked. */
export interface EncodedLimitedOptions {
  /** How the command is started. */
  spawn: SpawnOptions;
  /** The limits of each process. */
  limits: readonly EncodedLimit[];
  /** Seconds; undefined for any, as of all the others. */
  wall: number | undefined;
  cpuTime: number | undefined;
  /** Bytes. */
  memory: number | undefined;
  processes: number | undefined;
  /** Bytes of each stream. */
  output: number | undefined;
  /** Seconds. */
  grace: number;
  /** Whether it is to have a control group. */
  cgroup: boolean;
}

/** Checks options, and fills in what is not given. */
export function encodeLimitedOptions(
  options: SpawnLimitedOptions,
): EncodedLimitedOptions {
  const { wall, cpuTime, memory, processes, output, ...others } = options;
  const { grace, ownGroup: _, cgroup = true, ...spawn } = others;
  refuse(options as SpawnOptions);
  return {
    spawn: { ...spawn, ...processGroup(options) },
    limits: encodeLimits(options.limits ?? {}),
    wall: encodeSeconds(wall, "wall"),
    cpuTime: encodeSeconds(cpuTime, "cpuTime"),
    memory: encodeBytes(memory, "memory"),
    processes: processes === undefined
      ? undefined
      : checkInteger(processes, "processes", 1, 2 ** 31 - 1),
    output: encodeBytes(output, "output"),
    grace: encodeSeconds(grace, "grace") ?? 0,
    cgroup,
  };
}

/** What would be in the way of the supervisor. */
const REFUSED = [
  "processGroup",
  "foreground",
  "controllingTerminal",
  "deathSignal",
] as const;

function refuse(options: SpawnOptions): void {
  const name = REFUSED.find((name) => options[name] !== undefined);
  if (name === undefined) return;
  throw new TypeError(
    `Cannot set ${name}: a command under limits has a supervisor, see ownGroup`,
  );
}

function processGroup(
  { session = false, ownGroup = true }: SpawnLimitedOptions,
): SpawnOptions {
  if (session) return {};
  // The supervisor is in a group of its own, and is to be alone there.
  return { processGroup: ownGroup ? 0 : libc.getpgid(0) };
}

/**
 * A time in seconds.
 *
 * @throws {TypeError} If it is neither a number nor text with a time.
 * @throws {RangeError} If it is not from 0 to what a timer can hold.
 */
export function encodeSeconds(
  value: number | string | undefined,
  name: string,
): number | undefined {
  if (value === undefined || value === Infinity) return undefined;
  const seconds = typeof value === "string" ? parseSeconds(value) : value;
  if (typeof seconds !== "number") {
    throw new TypeError(
      `Cannot use ${
        JSON.stringify(value)
      } as ${name}: expected seconds, or text such as "500ms"`,
    );
  }
  if (seconds >= 0 && seconds <= MAX_SECONDS) return seconds;
  throw new RangeError(
    `Cannot use ${value} as ${name}: expected 0 to ${MAX_SECONDS} seconds`,
  );
}

function parseSeconds(text: string): number | undefined {
  if (/^[0-9]+(\.[0-9]+)?$/.test(text)) return Number(text);
  const [, number, unit] = /^([0-9.]+)([a-z]+)$/.exec(text) ?? [];
  if (unit === undefined) return undefined;
  try {
    // Of microseconds there is always a whole number.
    const factor = Number(parseLimit(`1${unit}`, "rttime")) / 1e6;
    return /^[0-9]+(\.[0-9]+)?$/.test(number!)
      ? Number(number) * factor
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A size in bytes.
 *
 * @throws {TypeError} If it is neither a number nor text with a size.
 * @throws {RangeError} If it is not a whole number that a program can count to.
 */
export function encodeBytes(
  value: LimitValue | undefined,
  name: string,
): number | undefined {
  if (value === undefined) return undefined;
  const bytes = typeof value === "string" ? parseLimit(value) : value;
  if (bytes === Infinity) return undefined;
  return checkInteger(Number(bytes), name, 0, Number.MAX_SAFE_INTEGER);
}
