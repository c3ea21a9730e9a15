/**
 * What argv is to main() in C: a program's name and arguments, as bytes.
 *
 * @module
 */

import { readFile } from "./files.ts";

/**
 * The arguments of this program as bytes, its own name first: what argv is to
 * main() in C.
 *
 * `Deno.args` holds text, in which bytes that are not UTF-8 are lost, and not
 * the name. The name is the script as it was given to `deno run`: for a script
 * started by its `#!` line that is its path, as the kernel wrote it.
 *
 * @returns The name and the arguments; never empty.
 * @throws {SystemError} If /proc is not mounted.
 * @throws {Error} If they were overwritten, as setting `process.title` does.
 *
 * @example Usage
 * ```ts
 * import { programArguments } from "@procctl/libc/program-arguments";
 *
 * const [name, ...args] = programArguments();
 * console.log(name instanceof Uint8Array, args.length); // prints: true 0
 * ```
 */
export function programArguments(): Uint8Array<ArrayBuffer>[] {
  const cmdline = readFile("/proc/self/cmdline");
  const all: Uint8Array<ArrayBuffer>[] = [];
  for (let start = 0; start < cmdline.length;) {
    const nul = cmdline.indexOf(0, start);
    const end = nul === -1 ? cmdline.length : nul;
    all.push(cmdline.slice(start, end));
    start = end + 1;
  }
  // In front of the program's name stand Deno and its own options.
  const [name, ...args] = all.slice(-(Deno.args.length + 1));
  if (!name?.length || !hasTexts(args, Deno.args)) {
    throw new Error(
      "Cannot read the arguments of this program: they were overwritten, as setting process.title does",
    );
  }
  return [name, ...args];
}

function hasTexts(list: Uint8Array[], texts: readonly string[]): boolean {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return list.length === texts.length &&
    list.every((bytes, index) => decoder.decode(bytes) === texts[index]);
}
