/**
 * Putting tracer and tracees on one processor: on two of them, figures differ
 * from run to run by where the kernel puts each.
 */

import { tryRun } from "./_children.ts";
import type { Missing } from "./_measure.ts";

/** What is left out where they cannot be put there: all of a comparison. */
export const UNPINNED: Missing = {
  name: "all of it",
  reason: "needs taskset",
};

/**
 * The words before a command that keep it on one processor, the first that this
 * process may use.
 *
 * @returns The words, or undefined if that cannot be done here.
 */
export function pinning(): string[] | undefined {
  const status = Deno.readTextFileSync("/proc/self/status");
  const [, cpu] = /^Cpus_allowed_list:\s*(\d+)/m.exec(status) ?? [];
  const words = ["taskset", "-c", cpu ?? "0"];
  return tryRun([...words, "true"]) === undefined ? undefined : words;
}
