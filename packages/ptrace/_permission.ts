import { isOwnThread, readStatus, readText } from "./_proc_status.ts";

const CAP_SYS_PTRACE = 1n << 19n;

/** What the scopes of Yama allow, the security module, beyond scope 0. */
const YAMA: Readonly<Record<string, string>> = {
  1: "which leaves a process its descendants, and others that ask for it",
  2: "which needs CAP_SYS_PTRACE",
  3: "which allows nobody to trace",
};

/** Why the kernel did not permit to attach to a task. */
export function attachReason(tid: number): string | undefined {
  return refusal(tid, true);
}

/** Why the kernel did not permit to use a task's memory, be it traced or not. */
export function accessReason(tid: number): string | undefined {
  return refusal(tid, false);
}

function refusal(tid: number, isAttach: boolean): string | undefined {
  const status = readStatus(tid);
  const own = readStatus("thread-self");
  if (status === undefined || own === undefined) return undefined;
  if (isOwnThread(tid)) return "it is a thread of this program";
  if (status.state === "Z" || status.state === "X") return "it has ended";
  if (!status.hasMemory) return "it is the kernel's own";
  if (isAttach && status.tracer !== 0) {
    return `thread ${status.tracer} traces it already`;
  }
  const capable = (own.effective & CAP_SYS_PTRACE) !== 0n;
  const without = "and this process does not have CAP_SYS_PTRACE";
  const user = own.users[0]!;
  if (!capable && status.users.slice(0, 3).some((it) => it !== user)) {
    return `user ${
      status.users[0]
    } runs it, this process is of user ${user}, ${without}`;
  }
  const group = own.groups[0]!;
  if (!capable && status.groups.slice(0, 3).some((it) => it !== group)) {
    return `it is of group ${
      status.groups[0]
    }, this process of group ${group}, ${without}`;
  }
  if (!capable && (status.permitted & ~own.effective) !== 0n) {
    return `it may have capabilities that this process lacks, ${without}`;
  }
  const scope = readText("/proc/sys/kernel/yama/ptrace_scope")?.trim();
  if (scope !== undefined && scope in YAMA) {
    return `kernel.yama.ptrace_scope is ${scope}, ${YAMA[scope]}`;
  }
  if (!capable) {
    return `it does not let itself be looked into (PR_SET_DUMPABLE), ${without}`;
  }
  return "it is in another user namespace, or a security module or filter forbids it";
}
