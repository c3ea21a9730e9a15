#!/usr/bin/env -S deno run --allow-ffi
/**
 * Prints its arguments, its own name first, one a line: the program myecho.c of
 * the manual page execve(2).
 *
 * @module
 */

import { programArguments } from "@procctl/libc";

/** Prints argv, byte for byte, to the standard output. */
export function main(): void {
  const encoder = new TextEncoder();
  programArguments().forEach((argument, index) => {
    write(encoder.encode(`argv[${index}]: `));
    write(argument);
    write(encoder.encode("\n"));
  });
}

function write(bytes: Uint8Array): void {
  for (let rest = bytes; rest.length > 0;) {
    rest = rest.subarray(Deno.stdout.writeSync(rest));
  }
}

if (import.meta.main) main();
