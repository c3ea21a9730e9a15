/**
 * The classes of system calls that strace knows.
 *
 * @module
 */

import { CLASSES } from "./_class_members.ts";
import { NATIVE_ARCH, type SyscallArch } from "./arch.ts";
import { type SyscallName, syscallNumber } from "./names.ts";

/**
 * A class of system calls, named as in strace(1) without its `%`.
 *
 * - `file`: takes a path, or is about the current directory.
 * - `process`: starts, ends or awaits a process.
 * - `network`: is about sockets.
 * - `signal`: sends, awaits or sets signals.
 * - `ipc`: System V's messages, semaphores and shared memory.
 * - `desc`: takes or gives a descriptor.
 * - `memory`: maps or protects memory.
 * - `clock`: reads or sets a clock.
 * - `creds`: reads or changes users, groups and capabilities.
 * - `pure`: always succeeds, without arguments.
 * - `stat`, `lstat`, `fstat`, `statfs`, `fstatfs`: the kinds of that call.
 */
export type SyscallClass =
  | "file"
  | "process"
  | "network"
  | "signal"
  | "ipc"
  | "desc"
  | "memory"
  | "clock"
  | "creds"
  | "pure"
  | "stat"
  | "lstat"
  | "fstat"
  | "statfs"
  | "fstatfs";

const members: Readonly<Record<SyscallClass, string>> = CLASSES;

/**
 * The system calls of a class.
 *
 * @param name The class.
 * @param arch The architecture.
 * @returns Those of the calls that the architecture has, by name.
 * @throws {TypeError} If there is no such class or architecture.
 *
 * @example Usage
 * ```ts
 * import { syscallsInClass } from "@procctl/syscalls";
 *
 * console.log(syscallsInClass("ipc", "aarch64").slice(0, 4).join(" "));
 * // prints: msgctl msgget msgrcv msgsnd
 * ```
 */
export function syscallsInClass(
  name: SyscallClass,
  arch: SyscallArch = NATIVE_ARCH,
): SyscallName[] {
  if (!Object.hasOwn(members, name)) {
    const known = Object.keys(members).join(", ");
    throw new TypeError(
      `Cannot find a class of system calls named "${name}": it must be one of ${known}`,
    );
  }
  return members[name].split(/\s+/).filter((call) =>
    syscallNumber(call, arch) !== undefined
  ) as SyscallName[];
}
