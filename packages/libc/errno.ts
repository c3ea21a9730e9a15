/**
 * Error numbers, their names and messages.
 *
 * @module
 */

import { ERRNO } from "./_generated/errno.ts";

const byNumber: ReadonlyMap<number, { name: string; message: string }> =
  new Map(ERRNO.map(([errno, name, message]) => [errno, { name, message }]));

/** With second names that some numbers have. */
const byName: ReadonlyMap<string, number> = new Map([
  ...ERRNO.map(([errno, name]) => [name, errno] as const),
  ["EWOULDBLOCK", 11],
  ["EDEADLOCK", 35],
  ["ENOTSUP", 95],
]);

/**
 * The name of an error number, as errno(3) lists them.
 *
 * Where one number has two names the kernel's own is given: `EAGAIN`, not
 * `EWOULDBLOCK`.
 *
 * @param errno The error number, positive.
 * @returns The name, or `E` and the number for an unknown one.
 *
 * @example Usage
 * ```ts
 * import { errnoName } from "@procctl/libc";
 *
 * console.log(errnoName(2), errnoName(1234)); // prints: ENOENT E1234
 * ```
 */
export function errnoName(errno: number): string {
  return byNumber.get(errno)?.name ?? `E${errno}`;
}

/**
 * The message of an error number, as strerror(3) gives it in the C locale.
 *
 * @param errno The error number, positive.
 * @returns The message, or `Unknown error` and the number.
 *
 * @example Usage
 * ```ts
 * import { errnoMessage } from "@procctl/libc";
 *
 * console.log(errnoMessage(2)); // prints: No such file or directory
 * ```
 */
export function errnoMessage(errno: number): string {
  return byNumber.get(errno)?.message ?? `Unknown error ${errno}`;
}

/**
 * The number of an error.
 *
 * @param name Its name, such as `"ENOENT"`.
 * @returns The error number, positive.
 * @throws {TypeError} If there is no error of that name.
 *
 * @example Usage
 * ```ts
 * import { errnoNumber } from "@procctl/libc";
 *
 * console.log(errnoNumber("ENOENT"), errnoNumber("EWOULDBLOCK")); // prints: 2 11
 * ```
 */
export function errnoNumber(name: string): number {
  const number = byName.get(name);
  if (number !== undefined) return number;
  throw new TypeError(
    `Cannot find the error ${JSON.stringify(name)}: there is none of that name`,
  );
}
