/**
 * What cannot be had on every machine: packages, programs, a network.
 *
 * @module
 */

import { capture, type CaptureOptions } from "../process.ts";

/** Says that a guest cannot be had on this machine, and why. */
export class UnavailableError extends Error {
  override name = "UnavailableError";
}

/**
 * Runs a program that a guest cannot be had without.
 *
 * @param command The program.
 * @param args Its arguments.
 * @param options How it is run.
 * @returns What it printed.
 * @throws {UnavailableError} If it is not there, or fails.
 */
export async function runOrFail(
  command: string,
  args: readonly string[],
  options: CaptureOptions = {},
): Promise<string> {
  const what = `"${[command, ...args].join(" ")}"`;
  try {
    const { success, stdout, stderr } = await capture(command, args, options);
    if (success) return stdout;
    throw new UnavailableError(`Cannot run ${what}: ${stderr.trim()}`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UnavailableError(`Cannot run ${what}: it is not installed`);
  }
}
