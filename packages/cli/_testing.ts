import { findObstacle } from "@procctl/observe/obstacle";
import {
  denoArgv,
  denoVersion,
  type Finished,
  type Need,
  ROOT,
  run,
  type RunOptions,
} from "@procctl/testing";

/** The command line that starts the tool. */
export const PROCCTL: readonly string[] = denoArgv(
  `${ROOT}/packages/cli/main.ts`,
);

/** An older Deno does not start if an argument is not UTF-8. */
export const startsWithAnyBytes: Need = denoVersion(2, 9, 6);

/** Runs the tool to its end. */
export function procctl(
  args: readonly (string | Uint8Array)[],
  options?: RunOptions,
): Finished {
  return run([...PROCCTL, ...args], options);
}

/** The test observes. */
export const perfEvents: Need = () =>
  findObstacle() === undefined ? undefined : "needs to observe";
