import { encodeCString, errnoNumber, type StringOrBytes } from "@procctl/libc";
import { isRestart, resultErrorName } from "@procctl/syscalls/results";
import { abiOf, callName } from "./_abi.ts";
import { callInTask } from "./_call_in_task.ts";
import { checkBuffer, checkInteger, type Word } from "./_check.ts";
import { unlessGone } from "./_gone.ts";
import { StoppedEvent } from "./_stopped_event.ts";
import type {
  SyscallAbi,
  SyscallEnterEvent,
  SyscallExitEvent,
} from "./tracer_event.ts";

/** What entry and exit have in common. */
abstract class CallEvent extends StoppedEvent {
  get nr(): number {
    return this.task.call.nr;
  }

  get name(): string {
    const { auditArch, nr } = this.task.call;
    return callName(auditArch, nr);
  }

  get abi(): SyscallAbi {
    const { auditArch, nr } = this.task.call;
    return abiOf(auditArch, nr);
  }

  get args(): BigUint64Array<ArrayBuffer> {
    return this.task.call.args;
  }

  get instructionPointer(): bigint {
    return this.task.call.info.instructionPointer;
  }

  get stackPointer(): bigint {
    return this.task.call.info.stackPointer;
  }

  call(name: string, ...args: Word[]): bigint {
    this.checkStopped();
    return callInTask(this.task, name, args);
  }
}

/** A task is about to make a system call. */
export class EnterEvent extends CallEvent implements SyscallEnterEvent {
  readonly kind = "syscall-enter";

  writeBytes(address: Word, data: Uint8Array): void {
    checkBuffer(data, "data", 0);
    this.checkStopped();
    unlessGone(() => this.task.replaceBytes(address, data));
  }

  setString(index: number, text: StringOrBytes): void {
    checkInteger(index, "index", this.args.length - 1);
    const bytes = encodeCString(text, "text");
    this.checkStopped();
    const { task } = this;
    const call = (name: string, ...args: bigint[]) =>
      callInTask(task, name, args);
    const address = unlessGone(() => task.placeBytes(bytes, call));
    if (address !== undefined) this.args[index] = address;
  }

  skip(result: Word = 0): void {
    this.checkStopped();
    this.task.call.changes.skip(result);
  }

  fail(errno: string): void {
    const number = errnoNumber(errno);
    this.checkStopped();
    this.task.call.changes.fail(number);
  }

  copy(): EnterEvent {
    return new EnterEvent(this.task.snapshot());
  }
}

/** A task has made a system call. */
export class LeaveEvent extends CallEvent implements SyscallExitEvent {
  readonly kind = "syscall-exit";

  get result(): bigint {
    return this.task.call.info.rval;
  }
  set result(value: bigint) {
    this.checkStopped();
    this.task.call.changes.result = value;
  }

  get errno(): string | undefined {
    const { rval, isError } = this.task.call.info;
    return isError && !isRestart(rval) ? resultErrorName(rval) : undefined;
  }

  get restart(): string | undefined {
    const { rval, isError } = this.task.call.info;
    return isError && isRestart(rval) ? resultErrorName(rval) : undefined;
  }

  writeBytes(address: Word, data: Uint8Array): void {
    checkBuffer(data, "data", 0);
    this.checkStopped();
    const { tid, space } = this.task;
    unlessGone(() => space.write(tid, address, data));
  }

  copy(): LeaveEvent {
    return new LeaveEvent(this.task.snapshot());
  }
}
