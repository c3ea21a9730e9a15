let isSettled = false;

/**
 * Lets Deno open the two sockets that it has for signals, which it does sometime
 * in its first second: a test that counts descriptors would take them for what
 * was left open.
 *
 * @example Usage
 * ```ts
 * import { readDirectory } from "@procctl/libc";
 * import { settleDeno } from "@procctl/testing";
 *
 * settleDeno();
 * const before = readDirectory("/proc/self/fd").length;
 * console.log(readDirectory("/proc/self/fd").length - before); // prints: 0
 * ```
 */
export function settleDeno(): void {
  if (isSettled) return;
  isSettled = true;
  const nothing = () => {};
  Deno.addSignalListener("SIGUSR2", nothing);
  Deno.removeSignalListener("SIGUSR2", nothing);
}
