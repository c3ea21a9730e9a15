/**
 * What the results of system calls mean.
 *
 * @module
 */

import { ERRORS } from "./_generated/errors.ts";

/** The kernel keeps the last 4095 values of a register for errors. */
const LAST = 4095n;

let names: ReadonlyMap<number, string> | undefined;

function readNames(): ReadonlyMap<number, string> {
  const result = new Map<number, string>();
  let number = 1;
  for (const word of ERRORS.split(/\s+/)) {
    if (/^\d/.test(word)) {
      number = Number(word);
    } else {
      result.set(number, word);
      number++;
    }
  }
  return result;
}

/**
 * The error number in the result of a system call, as the kernel gives it.
 *
 * @param result What is in the result's register, signed or unsigned. C's
 * functions do not give this: they return -1 and set errno.
 * @returns The error number, 1 to 4095; undefined if the call succeeded.
 * @throws {TypeError} If it is neither a number nor a bigint.
 *
 * @example Usage
 * ```ts
 * import { resultErrno } from "@procctl/syscalls";
 *
 * console.log(resultErrno(-2)); // prints: 2
 * console.log(resultErrno(0xffff_ffff_ffff_fffen)); // prints: 2
 * console.log(resultErrno(3)); // prints: undefined
 * ```
 */
export function resultErrno(result: number | bigint): number | undefined {
  if (typeof result !== "number" && typeof result !== "bigint") {
    throw new TypeError(
      `Cannot take a value of type ${typeof result} for a result: expected a number or a bigint`,
    );
  }
  const value = typeof result === "number" ? result : BigInt.asIntN(64, result);
  return value < 0 && value >= -LAST ? -Number(value) : undefined;
}

/**
 * The name of the error in the result of a system call.
 *
 * Names that only the kernel and its tracers see are among them, such as
 * `ERESTARTSYS`: a signal came, and the call will start again or end in EINTR.
 *
 * @param result What is in the result's register, signed or unsigned.
 * @returns The name; `E` and the number for an error without one; undefined if
 * the call succeeded.
 *
 * @example Usage
 * ```ts
 * import { resultErrorName } from "@procctl/syscalls";
 *
 * console.log(resultErrorName(-2)); // prints: ENOENT
 * console.log(resultErrorName(-512)); // prints: ERESTARTSYS
 * console.log(resultErrorName(3)); // prints: undefined
 * ```
 */
export function resultErrorName(result: number | bigint): string | undefined {
  const errno = resultErrno(result);
  if (errno === undefined) return undefined;
  names ??= readNames();
  return names.get(errno) ?? `E${errno}`;
}

/**
 * Whether a system call was interrupted before it was done: what its tracer
 * sees, the program does not. After the signal was handled the call starts
 * again, goes on by `restart_syscall`, or ends in EINTR.
 *
 * @param result What is in the result's register, signed or unsigned.
 * @returns True for ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND and
 * ERESTART_RESTARTBLOCK.
 *
 * @example Usage
 * ```ts
 * import { isRestart } from "@procctl/syscalls";
 *
 * console.log(isRestart(-512), isRestart(-4)); // prints: true false
 * ```
 */
export function isRestart(result: number | bigint): boolean {
  const errno = resultErrno(result);
  return errno !== undefined && RESTARTS.includes(errno);
}

const RESTARTS: readonly number[] = [512, 513, 514, 516];
