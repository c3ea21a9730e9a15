import { interrupt } from "./_attach_requests.ts";
import { inherit, refuseUntraced } from "./_birth.ts";
import { callWords } from "./_call.ts";
import { undefinedIfGone } from "./_gone.ts";
import { kernelFacts } from "./_kernel_facts.ts";
import { Ends, isEnd, type Risks, type RootEnd } from "./_ends.ts";
import { Machine } from "./_machine.ts";
import { Orphans } from "./_orphans.ts";
import { REQUEST } from "./_request_numbers.ts";
import { EnterEvent, LeaveEvent } from "./_syscall_events.ts";
import type { SyscallSelection } from "./_syscall_selection.ts";
import type { Task } from "./_task.ts";
import {
  DeliveryEvent,
  exitEvent,
  groupStopEvent,
  newTaskEvent,
  ProgramEvent,
  signalOf,
} from "./_task_events.ts";
import { NOBODY, NOTHING, TaskWaiter } from "./_task_waiter.ts";
import { PTRACE_EVENT_EXEC, PTRACE_EVENT_EXIT } from "./constants.ts";
import type { TracerEvent } from "./tracer_event.ts";

/** How an engine traces. */
export interface EngineOptions {
  /** Whether new processes are left alone. */
  threadsOnly: boolean;
  /** Which system calls are told; undefined for all. */
  selection: SyscallSelection | undefined;
  /** Whether a filter in the tasks stops them at those calls, and no others. */
  isFiltered: boolean;
  /** Why the first process may be lost. */
  risks: Risks;
  /** Called before it waits for what does not happen soon. */
  idle: (() => void) | undefined;
}

/** The engines that trace, of this thread. */
const engines = new Set<Engine>();

/** The status of a task that is stopped at its exec, as wait(2) has it. */
const AT_EXEC = (PTRACE_EVENT_EXEC << 16) | 0x057f;

/** Lets tasks go on, and makes events out of what happens to them. */
export class Engine {
  /** The first task. */
  readonly root: number;
  /** How that ended. */
  end: RootEnd | undefined;
  readonly machine: Machine;
  readonly waiter: TaskWaiter;
  readonly ends: Ends;
  /** Called before it is waited for what does not happen soon. */
  readonly idle: (() => void) | undefined;
  readonly #orphans: Orphans;
  readonly #options: EngineOptions;
  /** A status that is taken in first, as it was waited for already. */
  #held: { tid: number; status: number } | undefined;
  /** The task whose event is told. */
  #current: Task | undefined;

  constructor(root: number, options: EngineOptions) {
    this.root = root;
    this.idle = options.idle;
    this.#options = options;
    this.machine = new Machine(kernelFacts, options);
    this.#orphans = new Orphans(this.machine, options.isFiltered, isKnown);
    this.waiter = new TaskWaiter(
      this.machine.tasks,
      (tid, status) => this.#orphans.adopt(tid, status),
      () => this.ends.isLost(),
      options.idle,
    );
    const { tasks } = this.machine;
    this.ends = new Ends(tasks, this.waiter, root, options.risks);
    engines.add(this);
  }

  /**
   * Adds a task that is stopped at its first exec, which is told then as the
   * first event.
   */
  begin(pid: number): void {
    const task = this.machine.add(pid, pid);
    task.call.enterExec();
    task.inCall = true;
    task.isTold = this.#isSelected(task);
    task.state = "stopped";
    this.#held = { tid: pid, status: AT_EXEC };
  }

  /** Whether there is no task left. */
  isOver(): boolean {
    const { tasks } = this.machine;
    if (tasks.size > 0) return false;
    this.#orphans.addRest();
    if (tasks.size > 0) return false;
    engines.delete(this);
    return true;
  }

  /**
   * Lets the task go on whose event was told, and waits for the next event.
   *
   * @returns The event; undefined if there is no task left.
   */
  next(): TracerEvent | undefined {
    this.goOn();
    while (!this.isOver()) {
      const held = this.#takeHeld();
      if (held !== undefined) return held;
      const tid = this.wait(this.#orphans.onlyTask);
      if (tid === NOBODY) break;
      // Else others who wait in the meantime come across what is told.
      if (engines.size > 1) this.waiter.take(tid);
      const event = this.take(tid, this.waiter.status);
      if (event !== undefined) return event;
    }
    this.abandon();
    return undefined;
  }

  /**
   * The same, but does not wait.
   *
   * @returns The event; undefined if there is no task left; `"nothing"` if
   * nothing has happened yet.
   */
  poll(): TracerEvent | undefined | "nothing" {
    this.goOn();
    while (!this.isOver()) {
      const held = this.#takeHeld();
      if (held !== undefined) return held;
      const tid = this.ends.found(this.waiter.poll());
      if (tid === NOBODY) break;
      if (tid === NOTHING) return "nothing";
      this.waiter.take(tid);
      const event = this.take(tid, this.waiter.status);
      if (event !== undefined) return event;
    }
    this.abandon();
    return undefined;
  }

  /** Waits for the next task to which something happens; or NOBODY. */
  wait(alone: () => number): number {
    return this.ends.found(this.waiter.wait(alone));
  }

  /** Lets the task go on whose event was told. */
  goOn(): void {
    const task = this.#current;
    if (task === undefined) return;
    this.#current = undefined;
    // Else an extra call has let it go on.
    if (task.state !== "running") this.resume(task);
  }

  /** Stops to tell of a task, and leaves it as it is. */
  forget(): void {
    if (this.#current !== undefined) this.#current.event = undefined;
    this.#current = undefined;
  }

  /** Lets a task go on, as it has to after the stop that it is in. */
  resume(task: Task): void {
    const { tid, state, signal, inCall } = task;
    task.event = undefined;
    task.state = "running";
    this.ends.watch(task);
    try {
      if (state === "group-stopped") {
        callWords(REQUEST.PTRACE_LISTEN, tid, 0n, 0n);
        return;
      }
      if (task.isAtCall) task.call.changes.apply(tid);
      // While it is stopped: else it may be so again by the time this comes.
      if (task.isStopDue) interrupt(tid);
      const request = this.#options.isFiltered && !inCall
        ? REQUEST.PTRACE_CONT
        : REQUEST.PTRACE_SYSCALL;
      callWords(request, tid, 0n, signal === 0 ? 0n : BigInt(signal));
    } catch (error) {
      undefinedIfGone(error);
    }
  }

  /**
   * Takes in a status of a task.
   *
   * @returns The event; undefined if there is nothing to tell.
   */
  take(tid: number, status: number): TracerEvent | undefined {
    const { machine } = this;
    const task = machine.tasks.get(tid)!;
    const maker = this.#orphans.takeMaker(task);
    if (maker !== undefined) {
      this.#held = { tid, status };
      return newTaskEvent(maker, { task, how: "clone" });
    }
    if (isEnd(status)) {
      const lost = machine.lostAtEnd(task);
      if (lost !== undefined) {
        this.#held = { tid, status };
        this.forgetTask(lost);
        return exitEvent(lost, status);
      }
    } else if (status >> 16 === PTRACE_EVENT_EXIT) {
      this.ends.foresee(task);
    } else if (status >> 16 === PTRACE_EVENT_EXEC) {
      // The first thread may end by it, of which nothing is told.
      this.#orphans.mayBeLeftBy(task, false);
    }
    const isEntryKnown = task.inCall;
    switch (machine.step(task, status)) {
      case "syscall-enter":
        task.isTold = this.#isSelected(task);
        if (this.#options.isFiltered) refuseUntraced(task);
        if (!task.isTold) break;
        return this.#tell(task, task.enterEvent ??= new EnterEvent(task));
      case "syscall-exit":
        task.callIsOver();
        if (!(isEntryKnown ? task.isTold : this.#isSelected(task))) break;
        return this.#tell(task, task.leaveEvent ??= new LeaveEvent(task));
      case "signal":
        return this.#tell(task, new DeliveryEvent(task, signalOf(task.signal)));
      case "group-stop":
        return this.#tell(task, groupStopEvent(task));
      case "exec":
        this.ends.goesOn(task);
        // Registers and memory are new: there is nothing to put back.
        task.call.changes.forget();
        task.leaveSpace(machine.formerTid);
        return this.#tell(task, new ProgramEvent(task, machine.formerTid));
      case "unwanted-task":
        inherit(task, machine.birth!, this.waiter.awaitStop);
        break;
      case "new-task":
        inherit(task, machine.birth!, this.waiter.awaitStop);
        return this.#tell(task, newTaskEvent(tid, machine.birth!));
      case "exit":
        this.bury(task, status);
        return exitEvent(task, status);
      case "dies":
        if (task.state === "ended") this.bury(task, status);
        return undefined;
      case "leave":
        this.leave(task);
        return undefined;
    }
    this.resume(task);
    return undefined;
  }

  /** Lets a stopped task go on untraced. */
  leave(task: Task): void {
    const { tid, signal, state } = task;
    this.machine.tasks.delete(tid);
    try {
      if (task.isAtCall) task.call.changes.apply(tid);
      task.leaveSpace();
      const data = state === "group-stopped" ? 0n : BigInt(signal);
      callWords(REQUEST.PTRACE_DETACH, tid, 0n, data);
    } catch (error) {
      undefinedIfGone(error);
    }
  }

  #takeHeld(): TracerEvent | undefined {
    if (this.#held === undefined) return undefined;
    const { tid, status } = this.#held;
    this.#held = undefined;
    return this.take(tid, status);
  }

  #tell(task: Task, event: TracerEvent): TracerEvent {
    this.#current = task;
    task.event = event;
    return event;
  }

  #isSelected({ call }: Task): boolean {
    return this.#options.selection?.has(call) ?? true;
  }

  /** Takes a task's end from the kernel. */
  bury(task: Task, status: number): void {
    const { tid } = task;
    const lost = this.machine.lostAtEnd(task);
    if (lost !== undefined) this.forgetTask(lost);
    task.leaveSpace();
    const end = this.ends.take(tid, status);
    if (tid === this.root) this.end = end;
    this.#orphans.mayBeLeftBy(task, (status & 0x7f) !== 0);
  }

  /** Nothing will be told of a task any more. */
  forgetTask(task: Task): void {
    this.machine.tasks.delete(task.tid);
    task.leaveSpace();
  }

  /** Gives up what is left, of which others have taken the ends. */
  abandon(): void {
    this.machine.tasks.clear();
    engines.delete(this);
  }
}

/** Whether a task belongs to an engine of this thread. */
function isKnown(tid: number): boolean {
  return [...engines].some(({ machine }) => machine.tasks.has(tid));
}
