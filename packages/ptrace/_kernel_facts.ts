import { callBuffer } from "./_call.ts";
import { undefinedIfGone, unlessGone } from "./_gone.ts";
import { guessEntry } from "./_guess_entry.ts";
import type { StopFacts } from "./_machine.ts";
import { readStatus } from "./_proc_status.ts";
import { REQUEST } from "./_request_numbers.ts";
import { geteventmsg } from "./_syscall_requests.ts";
import type { Task } from "./_task.ts";
import {
  PTRACE_SYSCALL_INFO_EXIT,
  PTRACE_SYSCALL_INFO_NONE,
} from "./constants.ts";
import { SyscallInfo } from "./syscall_info.ts";

const INFO_SIZE = BigInt(new SyscallInfo().bytes.length);

/** Asks the kernel what a status does not tell. */
export const kernelFacts: StopFacts = {
  syscallStop(task: Task): number | undefined {
    const { tid, call } = task;
    try {
      const { bytes } = call.info;
      callBuffer(REQUEST.PTRACE_GET_SYSCALL_INFO, tid, INFO_SIZE, bytes);
      const { op } = call.info;
      if (op === PTRACE_SYSCALL_INFO_EXIT) {
        if (!task.inCall) guessEntry(task);
        call.changes.exited();
      } else if (op !== PTRACE_SYSCALL_INFO_NONE) {
        call.enter();
      }
      return op;
    } catch (error) {
      return undefinedIfGone(error);
    }
  },

  message(tid: number): number | undefined {
    return unlessGone(() => geteventmsg(tid));
  },

  processOf: (tid: number) => readStatus(tid)?.process,
};
