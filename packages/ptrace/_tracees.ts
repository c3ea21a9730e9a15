import { lazySymbols, readDirectory, SystemError } from "@procctl/libc";
import { readStatus } from "./_proc_status.ts";

const libc = lazySymbols({
  // pid_t gettid(void)
  gettid: { parameters: [], result: "i32" },
});

/** Whether this thread traces a task, be it that it has ended. */
export function isTracee(tid: number): boolean {
  return readStatus(tid)?.tracer === libc.gettid();
}

/**
 * The tasks that this thread traces. Of one whose maker was killed while it made
 * it, nobody tells the number.
 */
export function tracees(): number[] {
  return numbersIn("/proc").flatMap((pid) => numbersIn(`/proc/${pid}/task`))
    .filter(isTracee);
}

function numbersIn(folder: string): number[] {
  try {
    return readDirectory(folder)
      .map((name) => Number(new TextDecoder().decode(name)))
      .filter(Number.isInteger);
  } catch (error) {
    // It has ended in the meantime.
    if (error instanceof SystemError) return [];
    throw error;
  }
}
