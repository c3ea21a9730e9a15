/**
 * Steps about what a process has: its session, directory, limits, place in the
 * machine.
 *
 * @module
 */

import {
  encodeCString,
  encodePath,
  lazySymbols,
  type PathLike,
  quote,
} from "@procctl/libc";
import { RESOURCES } from "@procctl/rlimit/resources";
import { checkDescriptor, checkInteger, checkIntegers } from "./_check.ts";
import type { CallArgument, Step } from "./_step.ts";
import { systemCallNumber } from "./_table.ts";

const libc = lazySymbols({
  // int personality(unsigned long persona)
  personality: { parameters: ["u64"], result: "i32" },
});

/** A step of one call that takes no more words than this. */
export function plain(
  name: string,
  action: string,
  syscall: string,
  ...args: CallArgument[]
): Step {
  return {
    kind: "plain",
    name,
    action,
    calls: [{ syscall, arguments: args }],
  };
}

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

const NO_LIMIT = 2n ** 64n - 1n;

/**
 * Sets both limits of a resource, as setrlimit(2).
 *
 * @param resource The resource's number, such as `RLIMIT_NOFILE`.
 * @param limit The limits; 2n ** 64n - 1n is none.
 * @returns The step; it fails with `EINVAL` if soft is above hard, with `EPERM`
 * if hard is raised without CAP_SYS_RESOURCE.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec, setrlimit } from "@procctl/spawn/steps";
 *
 * const RLIMIT_CORE = 4;
 * new ChildProgram()
 *   .add(setrlimit(RLIMIT_CORE, { soft: 0n, hard: 0n }))
 *   .add(exec("/bin/sh", ["sh", "-c", "ulimit -c"], {}))
 *   .run(); // prints: 0
 * ```
 */
export function setrlimit(
  resource: number,
  limit: { readonly soft: bigint; readonly hard: bigint },
): Step {
  checkInteger(resource, "resource", -(2 ** 31), 2 ** 31 - 1);
  for (const side of ["soft", "hard"] as const) {
    if (limit[side] < 0n || limit[side] > NO_LIMIT) {
      throw new RangeError(
        `Cannot use ${limit[side]} as ${side}: expected 0 to 2^64 - 1`,
      );
    }
  }
  const pair = new BigUint64Array([limit.soft, limit.hard]);
  return plain(
    "setrlimit",
    `Cannot set the limit ${nameOf(resource)} to ${format(limit.soft)}:${
      format(limit.hard)
    }`,
    "prlimit64",
    0,
    resource,
    new Uint8Array(pair.buffer),
    0,
  );
}

function nameOf(resource: number): string {
  const known = Object.entries(RESOURCES)
    .find(([, { number }]) => number === resource);
  return known === undefined ? `${resource}` : `"${known[0]}"`;
}

function format(limit: bigint): string {
  return limit === NO_LIMIT ? "unlimited" : `${limit}`;
}

const PRIO_PROCESS = 0;

/**
 * Sets the nice value, as setpriority(2).
 *
 * @param value The value itself, not what is added: -20, most of the time, to
 * 19, least.
 * @returns The step; it fails with `EACCES` if it is lowered without the right.
 * @throws {RangeError} If it is out of its range.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec, nice } from "@procctl/spawn/steps";
 *
 * new ChildProgram()
 *   .add(nice(19), exec("/bin/sh", ["sh", "-c", "nice"], {}))
 *   .run(); // prints: 19
 * ```
 */
export function nice(value: number): Step {
  checkInteger(value, "nice", -20, 19);
  const action = `Cannot set the nice value to ${value}`;
  return plain("nice", action, "setpriority", PRIO_PROCESS, 0, value);
}

const MAX_CPU = 8191;

/**
 * Sets the processors that the child may run on, as sched_setaffinity(2).
 *
 * @param cpus Their numbers, from 0.
 * @returns The step; it fails with `EINVAL` if none of them may be used.
 * @throws {TypeError} If there are none, or they are not a list.
 * @throws {RangeError} If one is out of its range.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { affinity, exec } from "@procctl/spawn/steps";
 *
 * new ChildProgram()
 *   .add(affinity([0]), exec("/bin/sh", ["sh", "-c", "nproc"], {}))
 *   .run(); // prints: 1
 * ```
 */
export function affinity(cpus: readonly number[]): Step {
  const numbers = checkIntegers(cpus, "affinity", 0, MAX_CPU);
  if (numbers.length === 0) {
    throw new TypeError("Cannot use affinity: it names no processor");
  }
  // The kernel takes whole words.
  const mask = new Uint8Array(8 * Math.ceil((1 + Math.max(...numbers)) / 64));
  for (const cpu of numbers) mask[cpu >> 3]! |= 1 << (cpu & 7);
  return plain(
    "affinity",
    `Cannot run on processors ${numbers.join(", ")}`,
    "sched_setaffinity",
    0,
    mask.length,
    mask,
  );
}

const QUERY = 0xffffffffn;
const ADDR_NO_RANDOMIZE = 0x40000;

/**
 * Puts memory at the same addresses in every run, as setarch(8) `-R` does: no
 * address space layout randomization.
 *
 * @returns The step.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec, fixedAddresses } from "@procctl/spawn/steps";
 *
 * new ChildProgram()
 *   .add(fixedAddresses(), exec("/bin/cat", ["cat", "/proc/self/personality"], {}))
 *   .run(); // prints: 00040000
 * ```
 */
export function fixedAddresses(): Step {
  return plain(
    "personality",
    "Cannot fix addresses",
    "personality",
    // What else there is of it stays: the child has it from this program.
    () => BigInt(libc.personality(QUERY) | ADDR_NO_RANDOMIZE),
  );
}

/**
 * Leaves namespaces that the child shares with its parent for new ones, as
 * unshare(2). After `CLONE_NEWPID` the child itself stays where it was.
 *
 * @param flags The `CLONE_NEW*` flags.
 * @returns The step; it fails with `EPERM` without CAP_SYS_ADMIN, except for a
 * user namespace.
 * @throws {RangeError} If it is not a 32-bit number.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec, unshare } from "@procctl/spawn/steps";
 *
 * const CLONE_THREAD = 0x10000;
 * try {
 *   new ChildProgram().add(unshare(CLONE_THREAD | 1), exec("/bin/true", ["true"], {})).run();
 * } catch (error) {
 *   console.log((error as Error).message); // prints: Cannot leave namespaces: Invalid argument: EINVAL
 * }
 * ```
 */
export function unshare(flags: number): Step {
  checkInteger(flags, "flags", 0, 2 ** 32 - 1);
  return plain("unshare", "Cannot leave namespaces", "unshare", flags);
}

/**
 * Makes any other system call.
 *
 * @param name Its name, such as `"sched_setscheduler"`.
 * @param args What it is given, six at the most: numbers, or bytes, of which it
 * gets the address.
 * @returns The step; a negative result is a failure.
 * @throws {TypeError} If there is no system call of that name on this
 * architecture, there are too many arguments, or one is not one.
 * @throws {RangeError} If a number is not an integer of 64 bits.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec, syscall } from "@procctl/spawn/steps";
 *
 * const PR_SET_NAME = 15;
 * new ChildProgram()
 *   .add(syscall("prctl", PR_SET_NAME, new TextEncoder().encode("name\0")))
 *   .add(exec("/bin/sh", ["sh", "-c", "echo ran"], {}))
 *   .run(); // prints: ran
 * ```
 */
export function syscall(
  name: string,
  ...args: (number | bigint | Uint8Array)[]
): Step {
  if (args.length > 6) {
    throw new TypeError(
      `Cannot call "${name}" with ${args.length} arguments: six is the most`,
    );
  }
  systemCallNumber(name);
  const given = args.map((value, index) =>
    checkArgument(value, `argument ${index} of ${name}`)
  );
  return plain(name, `Cannot call ${name}`, name, ...given);
}

function checkArgument(
  value: number | bigint | Uint8Array,
  name: string,
): number | bigint | Uint8Array {
  // Nobody can change a copy before the child gets it.
  if (value instanceof Uint8Array) return value.slice();
  if (typeof value === "bigint") {
    if (value >= -(2n ** 63n) && value < 2n ** 64n) return value;
  } else if (typeof value !== "number") {
    throw new TypeError(
      `Cannot use ${
        JSON.stringify(value)
      } as ${name}: expected a number or bytes`,
    );
  } else if (Number.isSafeInteger(value)) {
    return value;
  }
  throw new RangeError(
    `Cannot use ${value} as ${name}: expected an integer of 64 bits`,
  );
}
