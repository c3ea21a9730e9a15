import { findObstacle } from "@procctl/observe/obstacle";
import {
  denoArgv,
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
