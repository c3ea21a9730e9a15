import { errnoNumber } from "@procctl/libc";
import { isRestart, resultErrorName } from "@procctl/syscalls/results";
import { abiOf, callName } from "./_abi.ts";
import type { Word } from "./_check.ts";
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
}

/** A task is about to make a system call. */
export class EnterEvent extends CallEvent implements SyscallEnterEvent {
  readonly kind = "syscall-enter";

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

  copy(): LeaveEvent {
    return new LeaveEvent(this.task.snapshot());
  }
}
