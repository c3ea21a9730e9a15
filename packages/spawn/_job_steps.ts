/**
 * Steps of job control: sessions, process groups and terminals.
 *
 * @module
 */

import { checkDescriptor, checkInteger } from "./_check.ts";
import { plain } from "./_plain_step.ts";
import type { Step } from "./_step.ts";

/**
 * Makes the child the leader of a new session, without a terminal, as
 * setsid(2).
 *
 * @returns The step.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec, setsid } from "@procctl/spawn/steps";
 *
 * new ChildProgram()
 *   .add(setsid(), exec("/bin/sh", ["sh", "-c", "ps -o sid= -p $$ | grep -qw $$ && echo leader"], {}))
 *   .run(); // prints: leader
 * ```
 */
export function setsid(): Step {
  return plain("setsid", "Cannot begin a session", "setsid");
}

/**
 * Moves the child into a process group, as setpgid(2).
 *
 * @param group The group; 0 for a new one that the child leads.
 * @returns The step; it fails with `EPERM` if the group is of another session.
 * @throws {RangeError} If the group is not a process number or 0.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec, setpgid } from "@procctl/spawn/steps";
 *
 * new ChildProgram()
 *   .add(setpgid(0), exec("/bin/sh", ["sh", "-c", "ps -o pgid= -p $$ | grep -qw $$ && echo leader"], {}))
 *   .run(); // prints: leader
 * ```
 */
export function setpgid(group: number): Step {
  checkInteger(group, "group", 0, 2 ** 31 - 1);
  const action = group === 0
    ? "Cannot begin a process group"
    : `Cannot join process group ${group}`;
  return plain("setpgid", action, "setpgid", 0, group);
}

const TIOCSCTTY = 0x540e;
const TIOCSPGRP = 0x5410;

/**
 * Makes a terminal the controlling one of the child's session, as ioctl(2)'s
 * `TIOCSCTTY`. The child must lead a session that has none: after
 * {@linkcode setsid}.
 *
 * @param fd A descriptor of the terminal.
 * @returns The step; it fails with `ENOTTY` if it is no terminal.
 * @throws {RangeError} If it is not a descriptor.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { controllingTerminal, exec, open, setsid } from "@procctl/spawn/steps";
 *
 * const program = new ChildProgram()
 *   .add(setsid(), open(0, "/dev/null", 0), controllingTerminal(0))
 *   .add(exec("/bin/true", ["true"], {}));
 * try {
 *   program.run();
 * } catch (error) {
 *   console.log((error as Error).message);
 *   // prints: Cannot control the terminal of descriptor 0: Inappropriate ioctl for device: ENOTTY
 * }
 * ```
 */
export function controllingTerminal(fd: number): Step {
  checkDescriptor(fd, "fd");
  const action = `Cannot control the terminal of descriptor ${fd}`;
  return plain("controllingTerminal", action, "ioctl", fd, TIOCSCTTY, 0);
}

/**
 * Makes the child's process group the foreground one of a terminal, as
 * tcsetpgrp(3).
 *
 * @param fd A descriptor of the terminal.
 * @returns The step; it fails with `ENOTTY` if it is not the terminal of the
 * child's session.
 * @throws {RangeError} If it is not a descriptor.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec, foreground, setsid } from "@procctl/spawn/steps";
 *
 * const program = new ChildProgram()
 *   .add(setsid(), foreground(0), exec("/bin/true", ["true"], {}));
 * try {
 *   program.run();
 * } catch (error) {
 *   console.log((error as Error).message.endsWith("ENOTTY")); // prints: true
 * }
 * ```
 */
export function foreground(fd: number): Step {
  checkDescriptor(fd, "fd");
  return {
    kind: "plain",
    name: "foreground",
    action: `Cannot come to the foreground of descriptor ${fd}`,
    calls: [
      // It reads the group's number from where the call before has left it.
      { syscall: "getpgid", arguments: [0] },
      { syscall: "ioctl", arguments: [fd, TIOCSPGRP, { resultBack: 1 }] },
    ],
  };
}
