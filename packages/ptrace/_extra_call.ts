import type { SyscallArch } from "@procctl/syscalls/arch";
import { syscallNumber } from "@procctl/syscalls/names";
import { x32Number } from "./_x32.ts";

/** Calls that do not come back as others do, and why not. */
const REASONS = new Map(
  Object.entries({
    "the new task would go on in the middle of it": "clone clone3 fork vfork",
    "it does not come back": "execve execveat exit exit_group",
    "it is part of a signal's delivery":
      "rt_sigreturn sigreturn restart_syscall",
    "signals wait until it is over":
      "rt_sigsuspend sigsuspend pause rt_sigprocmask sigprocmask ssetmask",
  }).flatMap(([reason, names]) =>
    names.split(" ").map((name) => [name, reason] as const)
  ),
);

/**
 * The number of a call that a task is to make beside its own.
 *
 * @param abi By whose rules it makes its own.
 * @throws {TypeError} If there is no such call, or it cannot be made so.
 */
export function extraCallNumber(
  name: string,
  abi: SyscallArch | "x32",
): number {
  const reason = REASONS.get(name);
  if (reason !== undefined) {
    throw new TypeError(`Cannot call "${name}" in a task: ${reason}`);
  }
  const number = abi === "x32" ? x32Number(name) : syscallNumber(name, abi);
  if (number !== undefined) return number;
  throw new TypeError(
    `Cannot call "${name}" in a task: ${abi} has no such system call`,
  );
}
