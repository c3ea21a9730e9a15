/**
 * Steps about signals and tracing.
 *
 * @module
 */

import { type Signal, signalNumber } from "@procctl/libc";
import { checkList } from "./_check.ts";
import { plain } from "./_plain_step.ts";
import {
  armDeathSignal,
  setHandlers,
  setMask,
  SIG_DFL,
  SIG_IGN,
} from "./_signal_calls.ts";
import type { Step } from "./_step.ts";

/**
 * Sets which signals are blocked, as sigprocmask(2) with `SIG_SETMASK`.
 *
 * Without this step the child ends up with the caller's mask; until the exec
 * all are blocked.
 *
 * @param signals Those that are blocked; all others are not.
 * @returns The step.
 * @throws {TypeError} If they are not a list, or one is not a signal's name.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec, signalMask } from "@procctl/spawn/steps";
 *
 * new ChildProgram()
 *   .add(signalMask(["SIGHUP", "SIGUSR1"]))
 *   .add(exec("/bin/grep", ["grep", "SigBlk", "/proc/self/status"], {}))
 *   .run(); // prints: SigBlk:	0000000000000201
 * ```
 */
export function signalMask(signals: readonly Signal[]): Step {
  const mask = numbersOf(signals)
    .reduce((mask, number) => mask | (1n << BigInt(number - 1)), 0n);
  return {
    kind: "mask",
    name: "signalMask",
    action: "Cannot block signals",
    calls: [setMask(mask)],
  };
}

/**
 * Gives signals their default effect, as signal(2) with `SIG_DFL`.
 *
 * Signals that the caller handles get it anyway; those that it ignores stay
 * ignored without this step, SIGPIPE among them, which Deno ignores.
 *
 * @param signals The signals.
 * @returns The step.
 * @throws {TypeError} If they are not a list, or one is not a signal's name.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec, signalDefault } from "@procctl/spawn/steps";
 *
 * new ChildProgram()
 *   .add(signalDefault(["SIGPIPE"]))
 *   .add(exec("/bin/sh", ["sh", "-c", "kill -PIPE $$; echo survived"], {}))
 *   .run();
 * ```
 */
export function signalDefault(signals: readonly Signal[]): Step {
  const names = [...signals];
  return {
    kind: "plain",
    name: "signalDefault",
    action: "Cannot give signals the default effect",
    calls: setHandlers(numbersOf(signals), SIG_DFL),
    failure: (results, stoppedAt) => ({
      action: `Cannot give ${names[stoppedAt]} the default effect`,
      errno: -results[stoppedAt]!,
    }),
  };
}

/**
 * Ignores signals, as signal(2) with `SIG_IGN`.
 *
 * @param signals The signals; `EINVAL` is what SIGKILL and SIGSTOP give.
 * @returns The step.
 * @throws {TypeError} If they are not a list, or one is not a signal's name.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec, signalIgnore } from "@procctl/spawn/steps";
 *
 * new ChildProgram()
 *   .add(signalIgnore(["SIGTERM"]))
 *   .add(exec("/bin/sh", ["sh", "-c", "kill -TERM $$; echo survived"], {}))
 *   .run(); // prints: survived
 * ```
 */
export function signalIgnore(signals: readonly Signal[]): Step {
  const names = [...signals];
  return {
    kind: "plain",
    name: "signalIgnore",
    action: "Cannot ignore signals",
    calls: setHandlers(numbersOf(signals), SIG_IGN),
    failure: (results, stoppedAt) => ({
      action: `Cannot ignore ${names[stoppedAt]}`,
      errno: -results[stoppedAt]!,
    }),
  };
}

function numbersOf(signals: readonly Signal[]): number[] {
  return checkList(signals, "signals").map(signalNumber);
}

/**
 * Sends the child a signal when this thread ends, as prctl(2)'s
 * `PR_SET_PDEATHSIG`: a Worker's end is enough. It stays in force after the
 * exec, unless that gives the program another user or new privileges.
 *
 * Put it after {@linkcode setuid}, which cancels it.
 *
 * @param signal The signal.
 * @returns The step.
 * @throws {TypeError} If it is not a signal's name.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { deathSignal, exec } from "@procctl/spawn/steps";
 *
 * new ChildProgram()
 *   .add(deathSignal("SIGKILL"), exec("/bin/sh", ["sh", "-c", "echo hello"], {}))
 *   .run(); // prints: hello
 * ```
 */
export function deathSignal(signal: Signal): Step {
  return {
    kind: "death-signal",
    name: "deathSignal",
    action: `Cannot ask for ${signal} at the end of the parent`,
    calls: armDeathSignal(signalNumber(signal)),
  };
}

const PTRACE_TRACEME = 0;

/**
 * Lets the parent trace the child, as ptrace(2)'s `PTRACE_TRACEME`.
 *
 * This alone does not stop the child: the exec does, with a SIGTRAP that the
 * parent waits for. It needs a child that is started with
 * {@linkcode ChildProgram.startAtGate}.
 *
 * @returns The step.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec, traceme } from "@procctl/spawn/steps";
 *
 * const program = new ChildProgram()
 *   .add(traceme(), exec("/bin/true", ["true"], {}));
 * using child = program.startAtGate();
 * console.log(child.pid > 0); // prints: true
 * ```
 */
export function traceme(): Step {
  return {
    ...plain("traceme", "Cannot be traced", "ptrace", PTRACE_TRACEME, 0, 0, 0),
    kind: "trace",
  };
}
