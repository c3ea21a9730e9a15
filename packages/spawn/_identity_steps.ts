/**
 * Steps about who a process is, and what it may do.
 *
 * The system calls are the kernel's own: libc's functions would change every
 * thread of the parent, whose memory the child is on.
 *
 * @module
 */

import { checkInteger, checkIntegers } from "./_check.ts";
import { plain } from "./_plain_step.ts";
import type { Step } from "./_step.ts";

/** -1 means "as it is" to the kernel. */
const MAX_ID = 2 ** 32 - 2;

/**
 * Sets the supplementary groups, as setgroups(2).
 *
 * @param groups Their numbers; an empty list drops all.
 * @returns The step; it fails with `EPERM` without CAP_SETGID.
 * @throws {TypeError} If they are not a list.
 * @throws {RangeError} If one is not a group's number.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec, setgroups } from "@procctl/spawn/steps";
 *
 * const program = new ChildProgram()
 *   .add(setgroups([7]), exec("/bin/true", ["true"], {}));
 * try {
 *   console.log(program.run().success);
 * } catch (error) {
 *   console.log((error as Error).message.endsWith("Operation not permitted: EPERM"));
 * }
 * // prints: true
 * ```
 */
export function setgroups(groups: readonly number[]): Step {
  const ids = checkIntegers(groups, "groups", 0, MAX_ID);
  const action = ids.length === 0
    ? "Cannot drop the groups"
    : `Cannot set the groups to ${ids.join(", ")}`;
  const list = new Uint8Array(new Uint32Array(ids).buffer);
  return plain("setgroups", action, "setgroups", ids.length, list);
}

/**
 * Sets the real, effective and saved group, as setresgid(2).
 *
 * @param gid The group's number.
 * @returns The step; it fails with `EPERM` without CAP_SETGID, if it is not one
 * of those three already.
 * @throws {RangeError} If it is not a group's number.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec, setgid } from "@procctl/spawn/steps";
 *
 * const program = new ChildProgram()
 *   .add(setgid(65534), exec("/bin/true", ["true"], {}));
 * try {
 *   console.log(program.run().success);
 * } catch (error) {
 *   console.log((error as Error).message.endsWith("Operation not permitted: EPERM"));
 * }
 * // prints: true
 * ```
 */
export function setgid(gid: number): Step {
  checkInteger(gid, "gid", 0, MAX_ID);
  const action = `Cannot become group ${gid}`;
  return plain("setgid", action, "setresgid", gid, gid, gid);
}

/**
 * Sets the real, effective and saved user, as setresuid(2).
 *
 * Drop the groups and set the group before it: after it there may be no right
 * to. It also cancels the signal of {@linkcode deathSignal}.
 *
 * @param uid The user's number.
 * @returns The step; it fails with `EPERM` without CAP_SETUID, if it is not one
 * of those three already.
 * @throws {RangeError} If it is not a user's number.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec, setuid } from "@procctl/spawn/steps";
 *
 * const program = new ChildProgram()
 *   .add(setuid(65534), exec("/bin/true", ["true"], {}));
 * try {
 *   console.log(program.run().success);
 * } catch (error) {
 *   console.log((error as Error).message.endsWith("Operation not permitted: EPERM"));
 * }
 * // prints: true
 * ```
 */
export function setuid(uid: number): Step {
  checkInteger(uid, "uid", 0, MAX_ID);
  const action = `Cannot become user ${uid}`;
  return plain("setuid", action, "setresuid", uid, uid, uid);
}

const PR_SET_NO_NEW_PRIVS = 38;

/**
 * Gives up for good what set-user-ID programs and file capabilities would
 * grant, as prctl(2)'s `PR_SET_NO_NEW_PRIVS`.
 *
 * @returns The step.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec, noNewPrivileges } from "@procctl/spawn/steps";
 *
 * new ChildProgram()
 *   .add(noNewPrivileges(), exec("/bin/sh", ["sh", "-c", "grep NoNewPrivs /proc/self/status"], {}))
 *   .run(); // prints: NoNewPrivs:	1
 * ```
 */
export function noNewPrivileges(): Step {
  return plain(
    "noNewPrivileges",
    "Cannot give up new privileges",
    "prctl",
    PR_SET_NO_NEW_PRIVS,
    1,
    0,
    0,
    0,
  );
}

const SECCOMP_SET_MODE_FILTER = 1;
const INSTRUCTION_SIZE = 8;
const MAX_INSTRUCTIONS = 4096;

/**
 * Puts in a filter of system calls, as seccomp(2)'s `SECCOMP_SET_MODE_FILTER`.
 *
 * It needs CAP_SYS_ADMIN or {@linkcode noNewPrivileges} before it, and it holds
 * for the steps after it, the exec among them. What a child does without a step,
 * it has done before.
 *
 * @param filter The instructions, each a `struct sock_filter` of eight bytes.
 * @param flags The `SECCOMP_FILTER_FLAG_*` flags.
 * @returns The step; it fails with `EACCES` without the right, with `EINVAL` if
 * the filter is no valid one.
 * @throws {TypeError} If it is not bytes.
 * @throws {RangeError} If it is not a whole number of instructions, or flags
 * are not a 32-bit number.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec, noNewPrivileges, seccomp } from "@procctl/spawn/steps";
 *
 * const RETURN = 0x06, SECCOMP_RET_ALLOW = 0x7fff0000;
 * const filter = new Uint8Array(8);
 * const view = new DataView(filter.buffer);
 * view.setUint16(0, RETURN, true);
 * view.setUint32(4, SECCOMP_RET_ALLOW, true);
 * new ChildProgram()
 *   .add(noNewPrivileges(), seccomp(filter))
 *   .add(exec("/bin/sh", ["sh", "-c", "grep Seccomp: /proc/self/status"], {}))
 *   .run(); // prints: Seccomp:	2
 * ```
 */
export function seccomp(filter: Uint8Array, flags = 0): Step {
  if (!(filter instanceof Uint8Array)) {
    throw new TypeError("Cannot use what is not a Uint8Array as a filter");
  }
  const instructions = filter.slice();
  const count = instructions.length / INSTRUCTION_SIZE;
  checkInteger(count, "the number of instructions", 1, MAX_INSTRUCTIONS);
  checkInteger(flags, "flags", 0, 2 ** 32 - 1);
  return {
    ...plain(
      "seccomp",
      "Cannot put in a filter of system calls",
      "seccomp",
      SECCOMP_SET_MODE_FILTER,
      flags,
      (arena) => {
        // struct sock_fprog: the number of instructions, and where they are.
        const program = new DataView(new ArrayBuffer(16));
        program.setUint16(0, count, true);
        program.setBigUint64(8, arena.bytes(instructions), true);
        return arena.bytes(new Uint8Array(program.buffer));
      },
    ),
    kind: "filter",
  };
}
