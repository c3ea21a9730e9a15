/**
 * Steps about where a child finds files, and how it makes them.
 *
 * @module
 */

import { encodeCString, encodePath, type PathLike, quote } from "@procctl/libc";
import { checkDescriptor, checkInteger } from "./_check.ts";
import { plain } from "./_plain_step.ts";
import type { Step } from "./_step.ts";

function aboutPath(
  name: string,
  verb: string,
  path: PathLike,
): Step {
  const bytes = encodePath(path);
  return {
    ...plain(
      name,
      `Cannot ${verb} ${quote(bytes)}`,
      name,
      encodeCString(bytes, "path"),
    ),
    path: new TextDecoder().decode(bytes),
  };
}

/**
 * Sets the file mode creation mask, as umask(2).
 *
 * @param mask The bits that new files do not get, 0 to 0o777.
 * @returns The step.
 * @throws {RangeError} If it is out of its range.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec, umask } from "@procctl/spawn/steps";
 *
 * new ChildProgram()
 *   .add(umask(0o27), exec("/bin/sh", ["sh", "-c", "umask"], {}))
 *   .run(); // prints: 0027
 * ```
 */
export function umask(mask: number): Step {
  checkInteger(mask, "umask", 0, 0o777);
  return plain("umask", "Cannot set the umask", "umask", mask);
}

/**
 * Changes the working directory, as chdir(2).
 *
 * @param path The directory.
 * @returns The step.
 * @throws {TypeError} If the path cannot be handed to C.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { chdir, exec } from "@procctl/spawn/steps";
 *
 * new ChildProgram()
 *   .add(chdir("/proc/self"), exec("/bin/cat", ["cat", "comm"], {}))
 *   .run(); // prints: cat
 * ```
 */
export function chdir(path: PathLike): Step {
  return aboutPath("chdir", "change to the directory", path);
}

/**
 * Changes the working directory to one that is open, as fchdir(2).
 *
 * @param fd A descriptor of the directory.
 * @returns The step.
 * @throws {RangeError} If it is not a descriptor.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec, fchdir, open } from "@procctl/spawn/steps";
 *
 * new ChildProgram()
 *   .add(open(9, "/proc", 0), fchdir(9), exec("/bin/cat", ["cat", "self/comm"], {}))
 *   .run(); // prints: cat
 * ```
 */
export function fchdir(fd: number): Step {
  checkDescriptor(fd, "fd");
  const action = `Cannot change to the directory of descriptor ${fd}`;
  return plain("fchdir", action, "fchdir", fd);
}

/**
 * Changes the root directory, as chroot(2). The working directory stays, which
 * may be outside: put {@linkcode chdir} to `"/"` after it.
 *
 * @param path The directory.
 * @returns The step; it fails with `EPERM` without CAP_SYS_CHROOT.
 * @throws {TypeError} If the path cannot be handed to C.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { chdir, chroot, exec } from "@procctl/spawn/steps";
 *
 * const program = new ChildProgram()
 *   .add(chroot("/nonexistent"), chdir("/"), exec("/bin/true", ["true"], {}));
 * try {
 *   program.run();
 * } catch (error) {
 *   console.log((error as Error).message.startsWith('Cannot make "/nonexistent" the root')); // prints: true
 * }
 * ```
 */
export function chroot(path: PathLike): Step {
  const step = aboutPath("chroot", "make", path);
  return { ...step, action: `${step.action} the root` };
}
