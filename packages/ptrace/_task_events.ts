import { readFile, type Signal, signalName, signalNumber } from "@procctl/libc";
import { callName } from "./_abi.ts";
import { unlessGone } from "./_gone.ts";
import { execName } from "./_exec_name.ts";
import type { Birth } from "./_machine.ts";
import { getsiginfo } from "./_signal_requests.ts";
import { StoppedEvent } from "./_stopped_event.ts";
import type { Task } from "./_task.ts";
import { Siginfo } from "./siginfo.ts";
import type {
  ExecEvent,
  ExitEvent,
  GroupStopEvent,
  NewTaskEvent,
  SignalEvent,
} from "./tracer_event.ts";

/** A signal is about to be delivered. */
export class DeliveryEvent extends StoppedEvent implements SignalEvent {
  readonly kind = "signal";
  readonly signal: Signal;
  #info: Siginfo | undefined;

  constructor(task: Task, signal: Signal, info?: Siginfo) {
    super(task);
    this.signal = signal;
    this.#info = info;
  }

  get info(): Siginfo {
    if (this.#info !== undefined) return this.#info;
    this.checkStopped();
    return this.#info = siginfoOf(this.task);
  }

  suppress(): void {
    this.checkStopped();
    this.task.signal = 0;
  }

  replace(signal: Signal): void {
    const number = signalNumber(signal);
    this.checkStopped();
    this.task.signal = number;
  }

  copy(): DeliveryEvent {
    const info = new Siginfo(this.info.bytes.slice());
    return new DeliveryEvent(this.task.snapshot(), this.signal, info);
  }
}

/** What is known of the signal that a task is about to get. */
function siginfoOf({ tid, signal }: Task): Siginfo {
  const info = unlessGone(() => getsiginfo(tid));
  if (info !== undefined) return info;
  // It was killed: nothing is known any more but which signal it was.
  const little = new Siginfo();
  little.signo = signal;
  return little;
}

/** A process executes another program. */
export class ProgramEvent extends StoppedEvent implements ExecEvent {
  readonly kind = "exec";
  readonly formerTid: number;
  #path: string | undefined;
  #argv: Uint8Array[] | undefined;

  constructor(task: Task, formerTid: number) {
    super(task);
    this.formerTid = formerTid;
  }

  get path(): string {
    if (this.#path !== undefined) return this.#path;
    this.checkStopped();
    return this.#path = unlessGone(() => execName(this.tid)) ?? "";
  }

  get argv(): Uint8Array[] {
    if (this.#argv !== undefined) return this.#argv;
    this.checkStopped();
    return this.#argv = argumentsOf(this.tid);
  }

  copy(): ProgramEvent {
    const copy = new ProgramEvent(this.task.snapshot(), this.formerTid);
    copy.#path = this.path;
    copy.#argv = this.argv;
    return copy;
  }
}

/** The arguments of a program that has not begun to change them. */
function argumentsOf(tid: number): Uint8Array[] {
  const argv: Uint8Array[] = [];
  const bytes = unlessGone(() => readFile(`/proc/${tid}/cmdline`));
  if (bytes === undefined) return argv;
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(0, start);
    argv.push(bytes.slice(start, end));
    start = end + 1;
  }
  return argv;
}

/** A signal has stopped a task with its process. */
export function groupStopEvent(task: Task): GroupStopEvent {
  const event: GroupStopEvent = {
    kind: "group-stop",
    tid: task.tid,
    pid: task.pid,
    signal: signalOf(task.signal),
    copy: () => ({ ...event }),
  };
  return event;
}

/** There is another task. */
export function newTaskEvent(parent: number, birth: Birth): NewTaskEvent {
  const { task: { tid, pid }, how } = birth;
  const event: NewTaskEvent = {
    ...{ kind: "new-task", tid, pid, parent, how },
    copy: () => ({ ...event }),
  };
  return event;
}

/** A task has ended. */
export function exitEvent(task: Task, status: number): ExitEvent {
  const signal = status & 0x7f;
  const event: ExitEvent = {
    kind: "exit",
    tid: task.tid,
    pid: task.pid,
    code: signal === 0 ? (status >> 8) & 0xff : undefined,
    signal: signal === 0 ? undefined : signalOf(signal),
    coreDumped: (status & 0x80) !== 0,
    unfinished: task.inCall && task.isTold
      ? callName(task.call.auditArch, task.call.nr)
      : undefined,
    copy: () => ({ ...event }),
  };
  return event;
}

/** The name of a signal; those that libc keeps for itself have one too. */
export function signalOf(number: number): Signal {
  return signalName(number) as Signal;
}
