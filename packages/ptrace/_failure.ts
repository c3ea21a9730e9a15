/**
 * Why a request failed: the kernel has one number for many reasons.
 */

import { lazySymbols, SystemError } from "@procctl/libc";
import { attachReason } from "./_permission.ts";
import { isOwnThread, readStatus } from "./_proc_status.ts";
import type { RequestName } from "./_request_numbers.ts";

const libc = lazySymbols({
  // pid_t gettid(void)
  gettid: { parameters: [], result: "i32" },
});

const EPERM = 1;
const ESRCH = 3;

/** Reasons that follow from the request and the error. */
const REASONS: Readonly<Record<string, string>> = {
  "PTRACE_PEEKTEXT EIO": "nothing is mapped there",
  "PTRACE_PEEKDATA EIO": "nothing is mapped there",
  "PTRACE_POKETEXT EIO": "nothing is mapped there",
  "PTRACE_POKEDATA EIO": "nothing is mapped there",
  "PTRACE_PEEKUSER EIO": "the offset is not that of a register",
  "PTRACE_POKEUSER EIO": "the offset is not that of a register",
  "PTRACE_INTERRUPT EIO": "it was attached, not seized",
  "PTRACE_LISTEN EIO": "it was attached, not seized, or is in no group-stop",
  "PTRACE_GETSIGINFO EINVAL": "it is in a group-stop, which has no siginfo",
  "PTRACE_SETOPTIONS EINVAL": "there are no such options",
  "PTRACE_SEIZE EIO": "there are no such options",
  "PTRACE_SECCOMP_GET_FILTER EACCES":
    "it needs CAP_SYS_ADMIN, and a caller without a filter of its own",
  "PTRACE_SECCOMP_GET_METADATA EACCES":
    "it needs CAP_SYS_ADMIN, and a caller without a filter of its own",
  "PTRACE_SECCOMP_GET_FILTER ENOENT": "there is no such filter",
  "PTRACE_SECCOMP_GET_METADATA ENOENT": "there is no such filter",
};

/** The error of a request that failed. */
export function ptraceError(
  request: RequestName,
  tid: number,
  errno: number,
): SystemError {
  const error = (reason?: string) =>
    new SystemError(`Cannot request ${request} of task ${tid}`, {
      errno,
      syscall: "ptrace",
      reason,
    });
  if (request === "PTRACE_SEIZE" || request === "PTRACE_ATTACH") {
    if (errno === EPERM) return error(attachReason(tid));
    if (errno === ESRCH) return error("there is no such task");
  }
  if (errno === ESRCH) return error(notOursReason(tid));
  const plain = error();
  const reason = REASONS[`${request} ${plain.code}`];
  return reason === undefined ? plain : error(reason);
}

/** Why there is no such tracee. */
export function notOursReason(tid: number): string {
  const status = readStatus(tid);
  if (status === undefined) return "there is no such task";
  const self = libc.gettid();
  const { tracer, state } = status;
  if (state === "Z" || state === "X") return "it has ended";
  if (tracer === 0) return "it is not traced";
  if (tracer !== self) {
    return isOwnThread(tracer)
      ? `thread ${tracer} of this program traces it, and only that thread may make requests: this is thread ${self}`
      : `thread ${tracer} of another program traces it`;
  }
  if (state !== "t" && state !== "T") {
    return `it is not stopped, its state is ${state}`;
  }
  return "it is dying, or was left to listen for the end of a group-stop";
}
