/**
 * A tiny static program that tells when it began. It is written as bytes from
 * here, so that a machine without a C compiler measures all but the C peers.
 *
 * The first thing it does is to read the clock; then it writes what it read,
 * and the start of its first argument, in which it was handed another time:
 *
 * - clock_gettime(CLOCK_REALTIME, &time)
 * - write(1, &time, 16); write(1, argv[1], 18); exit(0)
 *
 * The clock is the one that a program in Deno can read without FFI, which would
 * not be cold any more when the time to be measured begins. It may be set while
 * it is read: the median does not mind.
 */

import type { Arch } from "@procctl/libc/library";
import { staticProgram } from "@procctl/testing";

const X86_64 = [
  "b8e4000000", // 00: mov eax, 228            clock_gettime
  "31ff", //       05: xor edi, edi            CLOCK_REALTIME
  "488d7424f0", // 07: lea rsi, [rsp-16]
  "0f05", //       0c: syscall
  "b801000000", // 0e: mov eax, 1              write
  "bf01000000", // 13: mov edi, 1
  "ba10000000", // 18: mov edx, 16
  "0f05", //       1d: syscall
  "b801000000", // 1f: mov eax, 1              write
  "488b742410", // 24: mov rsi, [rsp+16]       argv[1]
  "ba12000000", // 29: mov edx, 18
  "0f05", //       2e: syscall
  "b83c000000", // 30: mov eax, 60             exit
  "31ff", //       35: xor edi, edi
  "0f05", //       37: syscall
];

const AARCH64 = [
  "280e80d2", // 00: mov x8, #113              clock_gettime
  "000080d2", // 04: mov x0, #0                CLOCK_REALTIME
  "e14300d1", // 08: sub x1, sp, #16
  "010000d4", // 0c: svc #0
  "080880d2", // 10: mov x8, #64               write
  "200080d2", // 14: mov x0, #1
  "020280d2", // 18: mov x2, #16
  "010000d4", // 1c: svc #0
  "200080d2", // 20: mov x0, #1                write
  "e10b40f9", // 24: ldr x1, [sp, #16]         argv[1]
  "420280d2", // 28: mov x2, #18
  "010000d4", // 2c: svc #0
  "a80b80d2", // 30: mov x8, #93               exit
  "000080d2", // 34: mov x0, #0
  "010000d4", // 38: svc #0
];

/**
 * How JavaScript reads the clock, as text that the program takes: milliseconds
 * since 1970, 18 characters until the year 2286.
 */
export const NOW = "(performance.timeOrigin + performance.now()).toFixed(4)";

/**
 * The program, as the bytes of an executable file.
 *
 * @param arch The architecture it is for.
 * @returns The bytes, to be written to a file with mode 0755.
 */
export function clockProgram(
  arch: Arch = Deno.build.arch,
): Uint8Array<ArrayBuffer> {
  return staticProgram({ "x86_64": X86_64, "aarch64": AARCH64 }, arch);
}

/**
 * Reads what the program wrote.
 *
 * @param output Its standard output.
 * @returns How many milliseconds after the time in its argument it began.
 * @throws {Error} If the output is not the program's.
 */
export function parseDelay(output: Uint8Array): number {
  if (output.length !== 16 + 18) {
    throw new Error("Cannot read the delay: the output is not the program's");
  }
  const view = new DataView(output.buffer, output.byteOffset);
  const began = Number(view.getBigInt64(0, true)) * 1e3 +
    Number(view.getBigInt64(8, true)) / 1e6;
  return began - Number(new TextDecoder().decode(output.subarray(16)));
}
