import type { CString, ReadCStringOptions } from "./_c_string.ts";
import { checkBuffer, checkInteger, type Word } from "./_check.ts";
import type { Task } from "./_task.ts";
import type { TraceeMemory, TracerEvent } from "./tracer_event.ts";

const MOST = 2 ** 31 - 1;

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
    const { tid, space } = this.task;
    const bytes = new Uint8Array(checkInteger(length, "length", MOST));
    const size = length === 0 ? 0 : space.read(tid, address, bytes);
    return size === length ? bytes : bytes.slice(0, size);
  }

  readInto(address: Word, bytes: Uint8Array<ArrayBuffer>): number {
    checkBuffer(bytes, "bytes", 0);
    this.checkStopped();
    const { tid, space } = this.task;
    return bytes.length === 0 ? 0 : space.read(tid, address, bytes);
  }

  readCString(
    address: Word,
    options: ReadCStringOptions = {},
  ): CString | undefined {
    this.checkStopped();
    const { tid, space } = this.task;
    return space.readCString(tid, address, options);
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
