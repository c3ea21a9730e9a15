import { SystemError } from "@procctl/libc";
import type { Word } from "./_check.ts";
import type { Task } from "./_task.ts";
import {
  type CString,
  processVmRead,
  readCString,
  type ReadCStringOptions,
} from "./process_vm.ts";
import type { TraceeMemory, TracerEvent } from "./tracer_event.ts";

/** What all events have at which a task stands still. */
export abstract class StoppedEvent implements TraceeMemory {
  protected readonly task: Task;
  abstract readonly kind: TracerEvent["kind"];

  constructor(task: Task) {
    this.task = task;
  }

  get tid(): number {
    return this.task.tid;
  }

  get pid(): number {
    return this.task.pid;
  }

  readBytes(address: Word, length: number): Uint8Array<ArrayBuffer> {
    this.checkStopped();
    const bytes = new Uint8Array(length);
    const size = unlessUnmapped(() => processVmRead(this.tid, address, bytes));
    return size === length ? bytes : bytes.slice(0, size ?? 0);
  }

  readCString(
    address: Word,
    options?: ReadCStringOptions,
  ): CString | undefined {
    this.checkStopped();
    return unlessUnmapped(() => readCString(this.tid, address, options));
  }

  readString(
    address: Word,
    options?: ReadCStringOptions,
  ): string | undefined {
    const string = this.readCString(address, options);
    return string && new TextDecoder().decode(string.bytes);
  }

  /** Refuses what needs a task that stands still: another may be told by now. */
  protected checkStopped(): void {
    if (this.task.event as unknown === this) return;
    throw new TypeError(
      `Cannot use the event "${this.kind}" of task ${this.tid}: the task has gone on, or the event is a copy`,
    );
  }
}

const EFAULT = 14;
const ESRCH = 3;

/** Undefined where nothing is mapped, or the task was killed. */
function unlessUnmapped<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    if (error.errno !== EFAULT && error.errno !== ESRCH) throw error;
    return undefined;
  }
}
