import { parseRlimit } from "@procctl/rlimit/parse-rlimit";
import { RESOURCES } from "@procctl/rlimit/resources";
import type { Limits, Resource } from "@procctl/rlimit/types";
import type { Arguments } from "./_arguments.ts";
import { checkInput } from "./_usage_error.ts";
import type { Option } from "./command.ts";

/** The letters that prlimit(1) has for them. */
const LETTERS: Readonly<Record<Resource, string>> = {
  cpu: "t",
  fsize: "f",
  data: "d",
  stack: "s",
  core: "c",
  rss: "m",
  nproc: "u",
  nofile: "n",
  memlock: "l",
  as: "v",
  locks: "x",
  sigpending: "i",
  msgqueue: "q",
  nice: "e",
  rtprio: "r",
  rttime: "y",
};

/** The names of the resources, in the order of their numbers. */
export const RESOURCE_NAMES = Object.keys(RESOURCES) as readonly Resource[];

/** How limits are written, for the description of a subcommand. */
export const LIMIT_NOTATION =
  "LIMIT is SOFT:HARD, SOFT: or :HARD, which keep the other side, or one value " +
  "for both. A value is a number of bytes, seconds, microseconds or whatever " +
  "is counted, may have a unit, such as 64MiB or 10min, and can be unlimited.";

/**
 * An option for each resource.
 *
 * @param letters Whether they have prlimit(1)'s letters, and like its options
 * show a limit if they have no value.
 */
export function limitOptions(letters: boolean): Option[] {
  return RESOURCE_NAMES.map((name) => ({
    name,
    value: "LIMIT",
    description: `${RESOURCES[name].meaning} (${RESOURCES[name].unit})`,
    ...(letters ? { short: LETTERS[name], optional: true } : {}),
  }));
}

/** The resources that the command line names without a limit. */
export function readNames(args: Arguments): Resource[] {
  return RESOURCE_NAMES.filter((name) => args.value(name) === "");
}

/** The limits that the command line sets, but for those of some resources. */
export function readLimits(
  args: Arguments,
  except: readonly Resource[] = [],
): Limits {
  const entries = RESOURCE_NAMES.filter((name) => !except.includes(name))
    .map((name) => [name, args.value(name)] as const)
    .filter(([, text]) => text !== undefined)
    .map(([name, text]) => [name, checkInput(() => parseRlimit(text!, name))]);
  return Object.fromEntries(entries);
}
