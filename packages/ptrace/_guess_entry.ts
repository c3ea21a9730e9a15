import { getArgument, getNumber, isResultRegister } from "./_call_registers.ts";
import { getregs } from "./_register_requests.ts";
import type { Task } from "./_task.ts";

/**
 * Makes out of a task's registers which system call it comes back from, where
 * its entry was not seen as the tracer attached in the middle of it.
 */
export function guessEntry({ tid, call }: Task): void {
  const regs = getregs(tid);
  const auditArch = call.info.arch;
  call.nr = getNumber(tid, regs);
  call.auditArch = auditArch;
  for (let index = 0; index < call.args.length; index++) {
    // There the result has taken the argument's place.
    const isLost = isResultRegister(auditArch, index);
    call.args[index] = isLost ? 0n : getArgument(regs, auditArch, index);
  }
}
