/**
 * Reading the numbers that C headers define.
 *
 * @module
 */

/** The folder of the kernel's headers, from the package linux-libc-dev. */
const FOLDER = "/usr/include";

/**
 * Says why a header cannot be read.
 *
 * @param name The header, such as `"asm-generic/errno.h"`.
 * @returns The reason, or undefined if the header is there.
 */
export function missingHeader(name: string): string | undefined {
  try {
    Deno.statSync(`${FOLDER}/${name}`);
    return undefined;
  } catch {
    return `<${name}> is not installed (package linux-libc-dev)`;
  }
}

/**
 * The `#define NAME VALUE` lines of a header, in their order.
 *
 * @param name The header, such as `"asm-generic/errno.h"`.
 * @returns Names and values; a value is a number or another name.
 */
export function headerDefines(name: string): [name: string, value: string][] {
  const text = Deno.readTextFileSync(`${FOLDER}/${name}`);
  return Array.from(
    text.matchAll(/^#define\s+(\w+)\s+(\w+)/gm),
    ([, name, value]) => [name!, value!],
  );
}
