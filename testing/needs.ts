/**
 * What a test needs that not every machine has. A test whose needs are not met
 * is skipped, and its name then says why.
 *
 * @module
 */

import { closeFile, getenv, O_PATH, openFile, readFile } from "@procctl/libc";
import { lazySymbols } from "@procctl/libc/library";
import { isExecutable } from "./_is_executable.ts";

const libc = lazySymbols({
  // uid_t geteuid(void)
  geteuid: { parameters: [], result: "u32" },
});

/** Says why a test cannot run here, or undefined if it can. */
export type Need = () => string | undefined;

/** The test changes users, or does what only root may. */
export const root: Need = () => libc.geteuid() === 0 ? undefined : "needs root";

/** The test is about what root is exempt from. */
export const ordinaryUser: Need = () =>
  libc.geteuid() !== 0 ? undefined : "needs an ordinary user";

/** The test uses a program, such as gcc, that is not part of every system. */
export function tool(name: string): Need {
  return () => {
    const path = new TextDecoder().decode(getenv("PATH"));
    const found = path.split(":").some((folder) =>
      isExecutable(`${folder}/${name}`)
    );
    return found ? undefined : `needs ${name}`;
  };
}

/** The test reads a file, such as a header, that is not part of every system. */
export function file(path: string): Need {
  return () => {
    try {
      closeFile(openFile(path, O_PATH));
    } catch {
      return `needs ${path}`;
    }
  };
}

/** The test is about something that came with a version of the kernel. */
export function kernel(major: number, minor: number): Need {
  return () => {
    const release = new TextDecoder().decode(
      readFile("/proc/sys/kernel/osrelease"),
    );
    const [thisMajor = 0, thisMinor = 0] = release.split(/\D/).map(Number);
    const enough = thisMajor > major ||
      (thisMajor === major && thisMinor >= minor);
    return enough ? undefined : `needs Linux ${major}.${minor}`;
  };
}

/** The test is about something that came with a version of Deno. */
export function denoVersion(major: number, minor: number, patch: number): Need {
  return () => {
    const wanted = [major, minor, patch];
    const [differing] = Deno.version.deno.split(".")
      .map((part, i) => parseInt(part) - wanted[i]!)
      .filter((difference) => difference !== 0);
    return (differing ?? 0) >= 0 ? undefined : `needs Deno ${wanted.join(".")}`;
  };
}

/**
 * Registers a test that runs only where its needs are met.
 *
 * @param name What the test shows, as a sentence.
 * @param needs What it needs.
 * @param fn The test.
 *
 * @example Usage
 * ```ts no-run
 * import { root, testWith } from "@procctl/testing";
 *
 * testWith("chroot() changes the root", [root], () => {});
 * ```
 */
export function testWith(
  name: string,
  needs: readonly Need[],
  fn: () => void | Promise<void>,
): void {
  const reasons = needs.map((need) => need()).filter((it) => it !== undefined);
  if (reasons.length === 0) return Deno.test(name, fn);
  Deno.test({
    name: `${name} (skipped: ${reasons.join(", ")})`,
    ignore: true,
    fn,
  });
}
