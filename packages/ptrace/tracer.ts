/**
 * Tracing programs: what they do, as a loop over events.
 *
 * @module
 */

import type { PathLike } from "@procctl/libc";
import type { Child, Status } from "@procctl/spawn";
import { asyncEvents } from "./_async_events.ts";
import { startAttach } from "./_start_attach.ts";
import { startSpawn } from "./_start_spawn.ts";
import { SyncEvents } from "./_sync_events.ts";
import type { Trace } from "./_trace.ts";
import type { TracerEvent } from "./tracer_event.ts";
import type {
  TracerAttachOptions,
  TracerSpawnOptions,
} from "./tracer_options.ts";

/**
 * Traces a program, and all that it starts: tells of system calls, signals, new
 * tasks and ends, and changes them.
 *
 * The task of an event stands still until the next event is asked for; all
 * others go on. The tracer belongs to the thread that has made it.
 *
 * @example Usage
 * ```ts
 * import { Tracer } from "@procctl/ptrace";
 *
 * using tracer = Tracer.spawn("sh", { args: ["-c", "exit 3"] });
 * for (const event of tracer) {
 *   if (event.kind === "exit") console.log(event.code); // prints: 3
 * }
 * ```
 */
export class Tracer
  implements Disposable, Iterable<TracerEvent>, AsyncIterable<TracerEvent> {
  /** The first process that is traced. */
  readonly pid: number;
  /**
   * The program that {@linkcode Tracer.spawn} has started, with its piped
   * streams. Its status is there when the trace has come to its end.
   */
  readonly child: Child | undefined;
  #trace: Trace;

  /**
   * Not for use: {@linkcode Tracer.spawn} and {@linkcode Tracer.attach} make them.
   *
   * @param trace What it shows.
   * @param child The program that was started.
   */
  private constructor(trace: Trace, child?: Child) {
    this.pid = trace.engine.root;
    this.child = child;
    this.#trace = trace;
  }

  /**
   * Starts a program that is traced from its first instruction on. The first
   * event is its exec: nothing that prepared the child is seen.
   *
   * @param command The program: its name, or a path with a slash.
   * @param options How it is started, as `spawn()` does, and traced.
   * @returns The tracer.
   * @throws {SystemError} If a step of the child fails, the exec among them, or
   * it must not be traced. There is no child then.
   * @throws {TypeError} If an option cannot be used. No child was made.
   * @throws {RangeError} If a number is out of its range.
   *
   * @example Usage
   * ```ts
   * import { Tracer } from "@procctl/ptrace";
   *
   * const names = new Set<string>();
   * for (const event of Tracer.spawn("true")) {
   *   if (event.kind === "syscall-enter") names.add(event.name);
   * }
   * console.log(names.has("exit_group")); // prints: true
   * ```
   */
  static spawn(command: PathLike, options: TracerSpawnOptions = {}): Tracer {
    const { trace, child } = startSpawn(command, options);
    return new Tracer(trace, child);
  }

  /**
   * Attaches to a process that runs, with all of its threads. It is let go
   * again at the end, unless `exitKill` says otherwise. If it was stopped, it
   * stays so.
   *
   * @param pid The process, or one of its threads.
   * @param options How it is traced.
   * @returns The tracer.
   * @throws {SystemError} `ESRCH` if there is no such process; `EPERM` if it must
   * not be traced, and why: somebody traces it already, it is this program, it
   * belongs to another user, Yama forbids it, and so on.
   * @throws {TypeError} If an option cannot be used: `exitKill` for process 1,
   * which nobody of its namespace can kill.
   * @throws {RangeError} If the number is none of a process.
   *
   * @example Usage
   * ```ts
   * import { Tracer } from "@procctl/ptrace";
   * import { spawn } from "@procctl/spawn";
   *
   * const child = spawn("sh", { args: ["-c", "sleep 0.2; exit 3"] });
   * for (const event of Tracer.attach(child.pid, { follow: "none" })) {
   *   if (event.kind === "exit") console.log(event.code); // prints: 3
   * }
   * ```
   */
  static attach(pid: number, options: TracerAttachOptions = {}): Tracer {
    return new Tracer(startAttach(pid, options));
  }

  /**
   * How the first process ended.
   *
   * @returns The status; undefined while it has not, or nobody will tell.
   */
  get status(): Status | undefined {
    return this.#trace.status;
  }

  /**
   * Tells event after event, waiting for each on this thread: no timer fires,
   * and no stream is read meanwhile. To leave the loop early gives the tasks up.
   *
   * @returns The events.
   *
   * @example Usage
   * ```ts
   * import { Tracer } from "@procctl/ptrace";
   *
   * for (const event of Tracer.spawn("true")) {
   *   if (event.kind !== "syscall-exit") continue;
   *   console.log(event.name, event.result); // prints: execve 0n
   *   break; // which kills it
   * }
   * ```
   */
  [Symbol.iterator](): IterableIterator<TracerEvent> {
    return new SyncEvents(this.#trace);
  }

  /**
   * Tells event after event, and lets timers fire and streams be read while it
   * waits. To leave the loop early gives the tasks up.
   *
   * @returns The events.
   *
   * @example Usage
   * ```ts
   * import { Tracer } from "@procctl/ptrace";
   *
   * const tracer = Tracer.spawn("sh", { args: ["-c", "echo hello"], stdout: "piped" });
   * const output = tracer.child!.output();
   * for await (const event of tracer) {
   *   if (event.kind === "exit") console.log(event.code); // prints: 0
   * }
   * console.log(new TextDecoder().decode((await output).stdout).trim()); // prints: hello
   * ```
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<TracerEvent> {
    return asyncEvents(this.#trace);
  }

  /**
   * Lets all tasks go on untraced, from where they are.
   *
   * @throws {TypeError} If they have a filter that only a tracer can answer, as
   * `syscalls` has put in.
   *
   * @example Usage
   * ```ts
   * import { Tracer } from "@procctl/ptrace";
   *
   * const tracer = Tracer.spawn("echo", { args: ["untraced"] });
   * tracer.detach(); // prints: untraced
   * console.log((await tracer.child!.status).code); // prints: 0
   * ```
   */
  detach(): void {
    this.#trace.detach();
  }

  /**
   * Kills all processes that are traced. Their ends are told as ever. Those to
   * which this program may send no signal, as after it has given up its user,
   * are killed by what a tracer may do, `PTRACE_KILL`; before Linux 5.19 that
   * ends only tasks that are stopped.
   *
   * @throws {SystemError} If neither is allowed, as by a seccomp filter.
   *
   * @example Usage
   * ```ts
   * import { Tracer } from "@procctl/ptrace";
   *
   * const tracer = Tracer.spawn("sleep", { args: ["60"] });
   * for (const event of tracer) {
   *   if (event.kind === "exec") tracer.kill();
   *   if (event.kind === "exit") console.log(event.signal); // prints: SIGKILL
   * }
   * ```
   */
  kill(): void {
    this.#trace.kill();
  }

  /**
   * Gives up what is still traced: kills it, or lets it go on, as `exitKill`
   * says. No zombie is left of it.
   *
   * @example Usage
   * ```ts
   * import { Tracer } from "@procctl/ptrace";
   *
   * const tracer = Tracer.spawn("sleep", { args: ["60"] });
   * tracer[Symbol.dispose](); // or: using tracer = Tracer.spawn(...)
   * console.log(tracer.status?.signal); // prints: SIGKILL
   * ```
   */
  [Symbol.dispose](): void {
    this.#trace.giveUp();
  }
}
