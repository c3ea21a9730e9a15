/**
 * Checking an architecture.
 *
 * @module
 */

const KNOWN: readonly string[] = ["x86_64", "i386", "aarch64"];

/**
 * Refuses an architecture that is not known.
 *
 * @param arch The architecture.
 */
export function checkArch(arch: string): void {
  if (KNOWN.includes(arch)) return;
  throw new TypeError(
    `Cannot find system calls of arch "${arch}": it must be one of ${
      KNOWN.join(", ")
    }`,
  );
}
