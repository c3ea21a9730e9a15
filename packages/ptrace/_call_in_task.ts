import { SystemError } from "@procctl/libc";
import { abiOf } from "./_abi.ts";
import { toWord, type Word } from "./_check.ts";
import { extraCallNumber } from "./_extra_call.ts";
import { injectCall } from "./_inject_call.ts";
import type { Task } from "./_task.ts";

const ESRCH = 3;

/**
 * Makes a task that is stopped at a system call do another one.
 *
 * @returns What it returned.
 * @throws {SystemError} `ESRCH` if the task was killed, or is for another reason
 * no longer where it was: its event is over then.
 */
export function callInTask(
  task: Task,
  name: string,
  args: readonly Word[],
): bigint {
  const { tid, call } = task;
  const nr = extraCallNumber(name, abiOf(call.auditArch, call.nr));
  const words = args.map((arg, index) => toWord(arg, `argument ${index}`));
  if (words.length > 6) {
    throw new RangeError(
      `Cannot call "${name}" with ${words.length} arguments: there are 6 at the most`,
    );
  }
  const own = call.changes.ownArgument;
  const outcome = injectCall(tid, call.info, { nr, args: words }, own);
  if (outcome.kind === "returned") {
    task.isStopDue ||= outcome.isStopDue;
    return outcome.result;
  }
  task.goOn();
  throw new SystemError(`Cannot call "${name}" in task ${tid}`, {
    errno: ESRCH,
    syscall: "ptrace",
    reason: "the task did not come back from it",
  });
}
