import { readFile, SystemError } from "@procctl/libc";
import { O_PATH } from "@procctl/libc/open-flags";
import { closeFile, openFile } from "@procctl/libc/files";

/** What /proc tells of a task. */
export interface TaskStatus {
  /** A letter: R is running, S and D wait, T and t are stopped, Z has ended. */
  state: string;
  /** The thread that traces it, or 0. */
  tracer: number;
  /** The process that it is a thread of. */
  process: number;
  /** The process whose child it is. */
  parent: number;
  /** Its real, effective, saved and file system user. */
  users: readonly number[];
  /** The same of its group. */
  groups: readonly number[];
  /** The capabilities that it may have. */
  permitted: bigint;
  /** The capabilities that it has. */
  effective: bigint;
  /** Whether it has memory of its own: the kernel's own tasks have none. */
  hasMemory: boolean;
}

/** Reads /proc/TID/status; undefined if there is no such task. */
export function readStatus(
  tid: number | "thread-self",
): TaskStatus | undefined {
  const text = readText(`/proc/${tid}/status`);
  if (text === undefined) return undefined;
  const field = (name: string) =>
    new RegExp(`^${name}:\\s*(.*)$`, "m").exec(text)?.[1] ?? "";
  const numbers = (name: string) => field(name).split(/\s+/).map(Number);
  return {
    state: field("State").slice(0, 1),
    tracer: Number(field("TracerPid")),
    process: Number(field("Tgid")),
    parent: Number(field("PPid")),
    users: numbers("Uid"),
    groups: numbers("Gid"),
    permitted: BigInt(`0x${field("CapPrm") || "0"}`),
    effective: BigInt(`0x${field("CapEff") || "0"}`),
    hasMemory: field("VmSize") !== "",
  };
}

/** Reads a file of /proc as text; undefined if it cannot be read. */
export function readText(path: string): string | undefined {
  try {
    return new TextDecoder().decode(readFile(path));
  } catch (error) {
    if (error instanceof SystemError) return undefined;
    throw error;
  }
}

/** Whether a thread is one of this process. */
export function isOwnThread(tid: number): boolean {
  try {
    closeFile(openFile(`/proc/self/task/${tid}`, O_PATH));
    return true;
  } catch (error) {
    if (error instanceof SystemError) return false;
    throw error;
  }
}
