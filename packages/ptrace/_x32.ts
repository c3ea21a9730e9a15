/**
 * The system calls of x32: programs of x86_64 with addresses of 32 bits. Their
 * numbers are x86_64's with bit 30 set, except for calls that have to convert
 * what they are given.
 */

import { syscallName, syscallNumber } from "@procctl/syscalls/names";

/** Tells calls of x32 from those of x86_64. */
export const X32_BIT = 0x40000000;

/** The number of the first call that x32 has for itself. */
const FIRST_OWN = 512;
/** Those calls, by rising number. */
const OWN = [
  "rt_sigaction",
  "rt_sigreturn",
  "ioctl",
  "readv",
  "writev",
  "recvfrom",
  "sendmsg",
  "recvmsg",
  "execve",
  "ptrace",
  "rt_sigpending",
  "rt_sigtimedwait",
  "rt_sigqueueinfo",
  "sigaltstack",
  "timer_create",
  "mq_notify",
  "kexec_load",
  "waitid",
  "set_robust_list",
  "get_robust_list",
  "vmsplice",
  "move_pages",
  "preadv",
  "pwritev",
  "rt_tgsigqueueinfo",
  "recvmmsg",
  "sendmmsg",
  "process_vm_readv",
  "process_vm_writev",
  "setsockopt",
  "getsockopt",
  "io_setup",
  "io_submit",
  "execveat",
  "preadv2",
  "pwritev2",
];

/** Whether a number is that of a call of x32. */
export function isX32(nr: number): boolean {
  return nr >= X32_BIT;
}

/** The name of a call of x32, by its number with bit 30. */
export function x32Name(nr: number): string {
  const plain = nr - X32_BIT;
  return OWN[plain - FIRST_OWN] ?? syscallName(plain, "x86_64");
}

/** The number of a call of x32, with bit 30; undefined if there is none. */
export function x32Number(name: string): number | undefined {
  const own = OWN.indexOf(name);
  const plain = own < 0 ? syscallNumber(name, "x86_64") : FIRST_OWN + own;
  return plain === undefined ? undefined : X32_BIT + plain;
}
