/**
 * Writing a changed system call back to a task: by `PTRACE_SET_SYSCALL_INFO`,
 * or by registers, where the kernel is older than that, 6.16.
 */

import { SystemError } from "@procctl/libc";
import { isResultRegister, setArgument, setNumber } from "./_call_registers.ts";
import { getregs, setregs } from "./_register_requests.ts";
import { setSyscallInfo } from "./_syscall_requests.ts";
import { AUDIT_ARCH_AARCH64 } from "./constants.ts";
import type { SyscallInfo } from "./syscall_info.ts";
import { createUserRegs } from "./user_regs.ts";

/** Writes number and arguments at an entry, or the result at an exit. */
export type WriteCall = (tid: number, info: SyscallInfo) => void;

const EIO = 5;
let isOldKernel = false;

/** Writes a call in the best way that there is. */
export function writeCall(tid: number, info: SyscallInfo): void {
  // There the request changes what a restart begins with, too, which is to be
  // the program's own argument.
  const needsRegisters = info.arch === AUDIT_ARCH_AARCH64 &&
    info.kind !== "exit";
  if (!isOldKernel && !needsRegisters) {
    try {
      return setSyscallInfo(tid, info);
    } catch (error) {
      if (!(error instanceof SystemError) || error.errno !== EIO) throw error;
      isOldKernel = true;
    }
  }
  writeCallByRegisters(tid, info);
}

const regs = createUserRegs();

/** Writes a call as kernels before 6.16 have to be told. */
export function writeCallByRegisters(tid: number, info: SyscallInfo): void {
  getregs(tid, regs);
  if (info.kind === "exit") {
    regs.returnValue = info.rval;
  } else {
    setNumber(tid, regs, info.nr);
    // The register of a result must not have an argument of no call.
    const first = info.nr === -1 && isResultRegister(info.arch, 0) ? 1 : 0;
    for (let index = first; index < 6; index++) {
      setArgument(regs, info.arch, index, info.args[index]!);
    }
  }
  setregs(tid, regs);
}
