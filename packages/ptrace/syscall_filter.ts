/**
 * Filters by which some system calls stop a traced program, and all others run
 * at full speed: programs of seccomp(2).
 *
 * @module
 * @experimental
 */

import { arch } from "@procctl/libc/library";
import type { Call, Step } from "@procctl/spawn/steps";
import { seccomp } from "@procctl/spawn/steps";
import type { SyscallArch } from "@procctl/syscalls";
import { syscallNumber } from "@procctl/syscalls/names";
import {
  ARCH,
  encode,
  ifEqual,
  type Instruction,
  load,
  NR,
  ret,
  search,
  SECCOMP_RET_ALLOW,
  SECCOMP_RET_TRACE,
} from "./_bpf.ts";
import { x32Number } from "./_x32.ts";
import {
  AUDIT_ARCH_AARCH64,
  AUDIT_ARCH_I386,
  AUDIT_ARCH_X86_64,
} from "./constants.ts";

/** A filter's data for calls that are traced because they were named. */
export const FILTER_DATA_NAMED = 0;
/** A filter's data for calls that are traced only to follow new tasks. */
export const FILTER_DATA_FOLLOW = 1;

/** What a filter is for. */
export interface SyscallFilterOptions {
  /**
   * Whether clone(2) and clone3(2) are traced too, so that no task can be made
   * with `CLONE_UNTRACED`: it would have the filter, and no tracer. Other calls
   * that make tasks cannot ask for that.
   *
   * @default {false}
   */
  follow?: boolean;
  /**
   * The architecture of the machine.
   *
   * @default {that of this machine}
   */
  arch?: "x86_64" | "aarch64";
}

/** The rules that calls can be made by on a machine, and how they number. */
type Numbering = readonly [
  auditArch: number,
  numbers: (name: string) => (number | undefined)[],
];

const of = (arch: SyscallArch) => (name: string) => [syscallNumber(name, arch)];
const NUMBERINGS: Record<"x86_64" | "aarch64", readonly Numbering[]> = {
  "x86_64": [
    // x32 has the same value as x86_64 there, and numbers of its own.
    [
      AUDIT_ARCH_X86_64,
      (name) => [syscallNumber(name, "x86_64"), x32Number(name)],
    ],
    // A program of 64 bits can make these too, by `int 0x80`.
    [AUDIT_ARCH_I386, of("i386")],
  ],
  "aarch64": [[AUDIT_ARCH_AARCH64, of("aarch64")]],
};

/**
 * Makes a filter that stops a traced program at some system calls, and lets all
 * others through.
 *
 * A call is named for all the rules by which the machine's programs can make
 * it: on x86_64 those of i386 and x32 too. Calls by other rules, such as those
 * of 32-bit ARM, all stop the program.
 *
 * A stop is `PTRACE_EVENT_SECCOMP`, at the entry of the call; its message is
 * {@linkcode FILTER_DATA_NAMED} or {@linkcode FILTER_DATA_FOLLOW}. Without a
 * tracer that has set `PTRACE_O_TRACESECCOMP`, the call fails with `ENOSYS`. A
 * filter of the program's own that refuses a call comes first: then there is no
 * stop.
 *
 * @param names The names of the calls; none of them is allowed too.
 * @param options What it is for.
 * @returns The instructions, a `struct sock_filter` of eight bytes each, as
 * {@linkcode seccomp} of `@procctl/spawn/steps` takes them.
 * @throws {TypeError} If a name is none of a system call of the machine, the
 * names are text, or there is no filter for the machine.
 *
 * @example Usage
 * ```ts
 * import { syscallFilter, syscallFilterStep } from "@procctl/ptrace/syscall-filter";
 * import * as ptrace from "@procctl/ptrace/requests";
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec } from "@procctl/spawn/steps";
 *
 * const program = new ChildProgram().add(
 *   syscallFilterStep(syscallFilter(["getppid"])),
 *   exec("/bin/sh", ["sh", "-c", "exit"]),
 * );
 * const pid = ptrace.startTraced(program, ptrace.PTRACE_O_TRACESECCOMP);
 * ptrace.cont(pid);
 * ptrace.waitFor(pid);
 * const { kind, nr } = ptrace.getSyscallInfo(pid);
 * console.log(kind, nr === (Deno.build.arch === "x86_64" ? 110 : 173)); // prints: seccomp true
 * ptrace.kill(pid);
 * ```
 */
export function syscallFilter(
  names: Iterable<string>,
  options: SyscallFilterOptions = {},
): Uint8Array<ArrayBuffer> {
  const { follow = false, arch: machine = arch() } = options;
  const data = new Map<string, number>();
  if (follow) {
    data.set("clone", FILTER_DATA_FOLLOW);
    data.set("clone3", FILTER_DATA_FOLLOW);
  }
  if (typeof names === "string") {
    // It would be a list of its letters.
    throw new TypeError(`Cannot filter "${names}": expected a list of names`);
  }
  for (const name of names) data.set(name, FILTER_DATA_NAMED);
  if (!Object.hasOwn(NUMBERINGS, machine)) {
    throw new TypeError(
      `Cannot make a filter for ${
        JSON.stringify(machine)
      }: expected "x86_64" or "aarch64"`,
    );
  }
  const numberings = NUMBERINGS[machine];
  for (const name of data.keys()) checkName(name, numberings, machine);
  return encode([
    load(ARCH),
    ...numberings.reduceRight<readonly Instruction[]>(
      (others, [auditArch, numbers]) =>
        ifEqual(auditArch, searchNumbers(data, numbers), others),
      [ret(SECCOMP_RET_TRACE | FILTER_DATA_NAMED)],
    ),
  ]);
}

/** Looks for the number of the call among those of some names. */
function searchNumbers(
  data: ReadonlyMap<string, number>,
  numbers: Numbering[1],
): Instruction[] {
  const actions = new Map<number, number>();
  for (const [name, value] of data) {
    for (const number of numbers(name)) {
      if (number !== undefined) actions.set(number, SECCOMP_RET_TRACE | value);
    }
  }
  return [load(NR), ...search(actions, SECCOMP_RET_ALLOW)];
}

function checkName(
  name: string,
  numberings: readonly Numbering[],
  machine: string,
): void {
  const isKnown = numberings.some(([, numbers]) =>
    numbers(name).some((number) => number !== undefined)
  );
  if (isKnown) return;
  throw new TypeError(
    `Cannot filter "${name}": ${machine} has no such system call`,
  );
}

const PR_SET_NO_NEW_PRIVS = 38;
const SECCOMP_SET_MODE_FILTER = 1;
const EACCES = 13;
const EFAULT = 14;

/**
 * Asks whether this child may have a filter: one that is nowhere cannot be
 * read, `EFAULT`, but before that the kernel looks at the child's rights,
 * `EACCES`. An answer that lets it do neither would be a surprise.
 */
const askForRights: Call = {
  syscall: "seccomp",
  arguments: [
    SECCOMP_SET_MODE_FILTER,
    0,
    // struct sock_fprog: one instruction, at the end of all addresses
    new Uint8Array(BigUint64Array.of(1n, 2n ** 64n - 8n).buffer),
  ],
  expected: { least: -EACCES, most: -EACCES },
  onError: new Map([[EFAULT, 2]]),
};

const giveUpPrivileges: Call = {
  syscall: "prctl",
  arguments: [PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0],
};

/**
 * Puts a filter into a child, which gives up new privileges for it only if it
 * has no right to a filter otherwise: with CAP_SYS_ADMIN, set-user-ID programs
 * that it executes are what they are without a filter.
 *
 * @param filter The instructions, as {@linkcode syscallFilter} makes them.
 * @returns The step; it fails with `EINVAL` if the filter is no valid one.
 * @throws {TypeError} If it is not bytes.
 * @throws {RangeError} If it is not a whole number of instructions, 1 to 4096.
 *
 * @example Usage
 * ```ts
 * import { syscallFilter, syscallFilterStep } from "@procctl/ptrace/syscall-filter";
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec } from "@procctl/spawn/steps";
 *
 * // Nobody traces it: what the filter has is ENOSYS.
 * new ChildProgram().add(
 *   syscallFilterStep(syscallFilter(["getcwd"])),
 *   exec("/bin/sh", ["sh", "-c", "grep Seccomp: /proc/self/status"], {}),
 * ).run(); // prints: Seccomp:	2
 * ```
 */
export function syscallFilterStep(filter: Uint8Array): Step {
  const step = seccomp(filter);
  return { ...step, calls: [askForRights, giveUpPrivileges, ...step.calls] };
}
