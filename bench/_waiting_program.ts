/**
 * The program that is started when starting is measured: it has next to nothing
 * to be loaded, reads a byte, and ends.
 */

import type { Arch } from "@procctl/libc/library";
import { staticProgram } from "@procctl/testing";

const X86_64 = [
  "31c0", //       00: xor eax, eax            read
  "31ff", //       02: xor edi, edi
  "488d7424f0", // 04: lea rsi, [rsp-16]
  "ba01000000", // 09: mov edx, 1
  "0f05", //       0e: syscall
  "b83c000000", // 10: mov eax, 60             exit
  "31ff", //       15: xor edi, edi
  "0f05", //       17: syscall
];

const AARCH64 = [
  "e80780d2", // 00: mov x8, #63               read
  "000080d2", // 04: mov x0, #0
  "e14300d1", // 08: sub x1, sp, #16
  "220080d2", // 0c: mov x2, #1
  "010000d4", // 10: svc #0
  "a80b80d2", // 14: mov x8, #93               exit
  "000080d2", // 18: mov x0, #0
  "010000d4", // 1c: svc #0
];

/**
 * The program, as the bytes of an executable file.
 *
 * @param arch The architecture it is for.
 * @returns The bytes, to be written to a file with mode 0755.
 */
export function waitingProgram(
  arch: Arch = Deno.build.arch,
): Uint8Array<ArrayBuffer> {
  return staticProgram({ "x86_64": X86_64, "aarch64": AARCH64 }, arch);
}
