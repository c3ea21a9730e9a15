import { lazySymbols } from "@procctl/libc";
import { readStatus } from "./_proc_status.ts";

const libc = lazySymbols({
  // pid_t getpid(void)
  getpid: { parameters: [], result: "i32" },
});

/**
 * The processes whose ends were told, and left to who started them: one traced
 * by its own parent ends once for both, and who takes the end takes it from all.
 */
const left = new Set<number>();

/** Whether a process is a child of this program. */
export function isOwnChild(pid: number): boolean {
  return readStatus(pid)?.parent === libc.getpid();
}

/** The end of a process was told, and stays with the kernel. */
export function leaveEnd(pid: number): void {
  // Numbers are used again.
  for (const other of left) if (!isLeft(other)) left.delete(other);
  left.add(pid);
}

/** Whether a process is only there as its end was left to others. */
export function isLeft(pid: number): boolean {
  return left.has(pid) && readStatus(pid)?.state === "Z";
}
