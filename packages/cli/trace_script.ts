/**
 * What a script of `procctl trace --script` is.
 *
 * @module
 */

import type {
  ExecEvent,
  ExitEvent,
  NewTaskEvent,
  SignalEvent,
  SyscallEnterEvent,
  SyscallExitEvent,
} from "@procctl/ptrace";
import type { SyscallName } from "@procctl/syscalls";

export type {
  ExecEvent,
  ExitEvent,
  NewTaskEvent,
  SignalEvent,
  SyscallEnterEvent,
  SyscallExitEvent,
} from "@procctl/ptrace";

/** What is done with the events of some system calls, by their names. */
export type SyscallHandlers<Event> =
  & { [name in SyscallName]?: (event: Event) => void }
  & {
    /** What is done with those of all calls that have no other handler. */
    default?: (event: Event) => void;
  };

/**
 * What a script does with the events of a trace. A handler is called before the
 * event is shown, and the program goes on when it returns: it cannot wait for
 * anything.
 */
export interface TraceScript {
  /** Before system calls are made: can change, skip or fail them. */
  enter?: SyscallHandlers<SyscallEnterEvent>;
  /** After they are made: can change their results. */
  exit?: SyscallHandlers<SyscallExitEvent>;
  /** Before a signal is delivered: can suppress or replace it. */
  signal?(event: SignalEvent): void;
  /** When a process has executed another program. */
  exec?(event: ExecEvent): void;
  /** When there is a new process or thread. */
  start?(event: NewTaskEvent): void;
  /** When a process or thread has ended. */
  end?(event: ExitEvent): void;
  /** When the trace is over. */
  done?(): void;
}

/**
 * Gives a script its type, so that an editor completes names and knows events.
 *
 * @param script The script, which is the module's default export.
 * @returns The same.
 *
 * @example Let a file be missing
 * ```ts
 * import { defineTrace } from "@procctl/cli/trace-script";
 *
 * export default defineTrace({
 *   enter: {
 *     openat(call) {
 *       if (call.readString(call.args[1]!)?.endsWith(".conf")) call.fail("ENOENT");
 *     },
 *   },
 * });
 * ```
 *
 * @example Count
 * ```ts
 * import { defineTrace } from "@procctl/cli/trace-script";
 *
 * let bytes = 0n;
 *
 * export default defineTrace({
 *   exit: {
 *     read(call) {
 *       if (call.errno === undefined) bytes += call.result;
 *     },
 *   },
 *   done: () => console.log(`${bytes} bytes were read`),
 * });
 * ```
 */
export function defineTrace(script: TraceScript): TraceScript {
  return script;
}
