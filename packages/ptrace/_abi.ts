import { syscallName } from "@procctl/syscalls/names";
import { isX32 } from "./_x32.ts";
import { AUDIT_ARCH_AARCH64, AUDIT_ARCH_I386 } from "./constants.ts";
import type { SyscallAbi } from "./tracer_event.ts";

/** By whose rules a system call is made: an `AUDIT_ARCH_*` tells it, mostly. */
export function abiOf(auditArch: number, nr: number): SyscallAbi {
  switch (auditArch) {
    case AUDIT_ARCH_I386:
      return "i386";
    case AUDIT_ARCH_AARCH64:
      return "aarch64";
    default:
      return isX32(nr) ? "x32" : "x86_64";
  }
}

/** The name of a system call; one that is not known has its number in it. */
export function callName(auditArch: number, nr: number): string {
  const abi = abiOf(auditArch, nr);
  return syscallName(nr, abi === "x32" ? "x86_64" : abi);
}
