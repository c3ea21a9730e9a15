import { SystemError } from "@procctl/libc";
import type { Need } from "./needs.ts";
import { run } from "./run.ts";

/** The test mounts a file system where nobody else sees it. */
export const mounts: Need = () => {
  try {
    const { code } = run(inMounts("mount -t tmpfs none /mnt", ["true"]));
    if (code === 0) return undefined;
  } catch (error) {
    // No unshare(1) here.
    if (!(error instanceof SystemError)) throw error;
  }
  return "needs to mount";
};

/**
 * The arguments that run a program where a command has mounted.
 *
 * @param mount The command, for a shell.
 * @param argv The program and its arguments.
 * @returns The arguments for `run`.
 */
export function inMounts(mount: string, argv: readonly string[]): string[] {
  const script = `${mount} && exec "$@"`;
  return ["unshare", "--mount", "sh", "-c", script, "sh", ...argv];
}
