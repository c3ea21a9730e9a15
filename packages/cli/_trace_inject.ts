/**
 * What `-e inject=` asks for, as handlers of a script.
 *
 * @module
 */

import { errnoName, errnoNumber } from "@procctl/libc/errno";
import { lazySymbols } from "@procctl/libc/library";
import { signalNumber } from "@procctl/libc/signals";
import type { SyscallEnterEvent, SyscallExitEvent } from "@procctl/ptrace";
import { syscallsInClass } from "@procctl/syscalls";
import { type NameSet, readSignal, readSyscalls } from "./_trace_sets.ts";
import { UsageError } from "./_usage_error.ts";

const libc = lazySymbols({
  // int tgkill(pid_t tgid, pid_t tid, int sig)
  tgkill: { parameters: ["i32", "i32", "i32"], result: "i32" },
});

/** What is done to some calls. */
export interface Injection {
  /** The calls. */
  readonly calls: NameSet;
  /** What is done at the entry; tells what is to be said of it. */
  enter(event: SyscallEnterEvent): string;
  /** What is done at the exit, if something is. */
  exit?(event: SyscallExitEvent): string;
}

/** Which calls of a task are meant: from, to, and every how many. */
interface When {
  first: number;
  last: number;
  step: number;
}

/** What an INJECTION says, taken apart. */
interface Actions {
  error?: string;
  retval?: bigint;
  signal?: number;
  syscall?: string;
  delayEnter?: number;
  delayExit?: number;
  when: When;
}

const INJECTED = " (INJECTED)";
const DELAYED = " (DELAYED)";
const LAST_ERRNO = 4095;

/** Reads an INJECTION. */
export function readInjection(text: string): Injection {
  const [set = "", ...words] = text.split(":");
  const calls = readSyscalls(set);
  const actions: Actions = { when: { first: 1, last: Infinity, step: 1 } };
  for (const word of words) readAction(word, actions, text);
  const { when: _, ...others } = actions;
  if (Object.keys(others).length === 0) {
    throw new UsageError(
      `There is nothing to do in the injection "${text}": add error=, retval=, signal=, syscall=, delay_enter= or delay_exit=`,
    );
  }
  const results = [actions.error, actions.retval, actions.syscall]
    .filter((it) => it !== undefined);
  if (results.length > 1) {
    throw new UsageError(
      `The injection "${text}" has more than one of error=, retval= and syscall=`,
    );
  }
  return injectionOf(calls, actions);
}

function readAction(word: string, actions: Actions, text: string): void {
  const equals = word.indexOf("=");
  const [name, value] = [word.slice(0, equals), word.slice(equals + 1)];
  switch (equals < 0 ? "" : name) {
    case "error":
      actions.error = readErrno(value);
      break;
    case "retval":
      actions.retval = readResult(value);
      break;
    case "signal":
      actions.signal = signalNumber(readSignal(value));
      break;
    case "syscall":
      actions.syscall = readReplacement(value);
      break;
    case "delay_enter":
      actions.delayEnter = readDelay(value);
      break;
    case "delay_exit":
      actions.delayExit = readDelay(value);
      break;
    case "when":
      actions.when = readWhen(value);
      break;
    default:
      throw new UsageError(
        `Cannot read "${word}" in the injection "${text}": expected error=, retval=, signal=, syscall=, delay_enter=, delay_exit= or when=`,
      );
  }
}

function readErrno(value: string): string {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= LAST_ERRNO) {
    return errnoName(number);
  }
  try {
    errnoNumber(value);
    return value;
  } catch {
    throw new UsageError(`There is no error "${value}"`);
  }
}

function readResult(value: string): bigint {
  // As in C, what begins with 0 is octal.
  if (/^0[0-7]+$/.test(value)) return BigInt(`0o${value}`);
  if (/^(?:0|[1-9]\d*|0x[\da-f]+)$/i.test(value)) return BigInt(value);
  throw new UsageError(
    `Cannot return "${value}": expected a number, 0 or more`,
  );
}

function readReplacement(name: string): string {
  const pure: readonly string[] = syscallsInClass("pure");
  if (pure.includes(name)) return name;
  throw new UsageError(
    `Cannot make "${name}" in place of another call: expected one of the class %pure`,
  );
}

const UNITS: Readonly<Record<string, number>> = {
  "": 1e-3,
  us: 1e-3,
  ns: 1e-6,
  ms: 1,
  s: 1e3,
};

/** Reads a time, in microseconds unless it has a unit; gives milliseconds. */
function readDelay(value: string): number {
  const [, digits, unit] = /^(\d+)([a-z]*)$/.exec(value) ?? [];
  if (digits !== undefined && Object.hasOwn(UNITS, unit!)) {
    return Number(digits) * UNITS[unit!]!;
  }
  throw new UsageError(
    `Cannot wait for "${value}": expected microseconds, or a number with the unit s, ms, us or ns`,
  );
}

function readWhen(value: string): When {
  const match = /^([1-9]\d*)(?:(\.\.)([1-9]\d*)?)?(\+([1-9]\d*)?)?$/.exec(
    value,
  );
  if (match === null) {
    throw new UsageError(
      `Cannot read "when=${value}": expected FIRST[..LAST][+STEP]`,
    );
  }
  const [, first, range, last, plus, step] = match;
  return {
    first: Number(first),
    // One number alone means that one call.
    last: last !== undefined
      ? Number(last)
      : range !== undefined || plus !== undefined
      ? Infinity
      : Number(first),
    step: Number(step ?? 1),
  };
}

function injectionOf(calls: NameSet, actions: Actions): Injection {
  /** How many of the calls each task has made. */
  const counts = new Map<number, number>();
  /** The tasks that wait when their calls end. */
  const delayed = new Set<number>();
  const { when, delayExit } = actions;
  return {
    calls,
    enter(event) {
      const count = (counts.get(event.tid) ?? 0) + 1;
      counts.set(event.tid, count);
      if (
        count < when.first || count > when.last ||
        (count - when.first) % when.step !== 0
      ) return "";
      if (delayExit !== undefined) delayed.add(event.tid);
      return inject(event, actions);
    },
    ...(delayExit !== undefined && {
      exit({ tid }) {
        if (!delayed.delete(tid)) return "";
        wait(delayExit);
        return DELAYED;
      },
    }),
  };
}

function inject(event: SyscallEnterEvent, actions: Actions): string {
  const { error, retval, signal, syscall, delayEnter } = actions;
  let remark = "";
  if (error !== undefined) event.fail(error);
  else if (retval !== undefined) event.skip(retval);
  else if (syscall !== undefined) event.skip(event.call(syscall));
  if (error !== undefined || retval !== undefined || syscall !== undefined) {
    remark += INJECTED;
  }
  if (signal !== undefined) libc.tgkill(event.pid, event.tid, signal);
  if (delayEnter !== undefined) {
    wait(delayEnter);
    remark += DELAYED;
  }
  return remark;
}

const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** Waits, and all that is traced with it. */
function wait(milliseconds: number): void {
  Atomics.wait(NEVER, 0, 0, milliseconds);
}
