/**
 * The versions of Deno that procctl is tried on.
 *
 * @module
 */

/** The oldest that works: the first with `Uint8Array.prototype.toHex()`. */
export const OLDEST = "2.5.0";

/** One in between: the last before 2.8. */
export const BETWEEN = "2.7.14";

/**
 * Finds the version that all else is run on.
 *
 * @param workflow The text of `.github/workflows/ci.yml`.
 * @returns The version.
 * @throws {Error} If it does not name one, or more than one.
 */
export function pinnedVersion(workflow: string): string {
  const named = workflow.matchAll(/deno-version: (\d+\.\d+\.\d+)$/gm);
  const versions = [...new Set(Array.from(named, ([, version]) => version!))];
  if (versions.length === 1) return versions[0]!;
  throw new Error(
    `Cannot tell which Deno is pinned: ${versions.join(", ") || "none is"}`,
  );
}
