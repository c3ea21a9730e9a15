/**
 * The error of a program that did not succeed.
 *
 * @module
 */

import type { Completed } from "./run_options.ts";

const QUOTED = 1000;

/**
 * A program that was run with `check: true` did not succeed.
 *
 * @example Usage
 * ```ts
 * import { run, RunError } from "@procctl/spawn";
 *
 * try {
 *   await run("ls", { args: ["/nonexistent"], check: true });
 * } catch (error) {
 *   console.log(error instanceof RunError && error.completed.code); // prints: 2
 * }
 * ```
 */
export class RunError extends Error {
  /** Always `"RunError"`. */
  override name = "RunError";
  /** How it ended, and what it wrote. */
  readonly completed: Completed;

  /**
   * Makes the error of a program that did not succeed.
   *
   * @param command What was run.
   * @param completed How it ended, and what it wrote.
   *
   * @example Usage
   * ```ts
   * import { runSync, RunError } from "@procctl/spawn";
   *
   * const completed = runSync("sh", { args: ["-c", "echo no >&2; exit 3"] });
   * console.log(new RunError("sh", completed).message); // prints: Cannot run "sh": it ended with exit status 3: "no\n"
   * ```
   */
  constructor(command: string, completed: Completed) {
    const text = new TextDecoder().decode(completed.stderr.slice(-QUOTED));
    const quoted = text === "" ? "" : `: ${JSON.stringify(text)}`;
    super(`Cannot run ${JSON.stringify(command)}: ${how(completed)}${quoted}`);
    this.completed = completed;
  }
}

function how({ timedOut, truncated, signal, code }: Completed): string {
  if (timedOut) return "it ran too long";
  if (truncated) return "it wrote too much";
  if (signal !== null) return `it was ended by ${signal}`;
  return `it ended with exit status ${code}`;
}
