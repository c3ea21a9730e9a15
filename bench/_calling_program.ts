/**
 * The program that is traced when tracing is measured: it makes one system call
 * again and again, of those that do next to nothing.
 */

import type { Arch } from "@procctl/libc/library";
import { staticProgram } from "@procctl/testing";

/** How often it calls getppid(2), unless it is told otherwise. */
const CALLS = 60_000;

const codeOf = (calls: number) => ({
  "x86_64": [
    `bd${hex(calls)}`, // 00: mov ebp, calls
    "b86e000000", // 05: mov eax, 110           getppid
    "0f05", //       0a: syscall
    "ffcd", //       0c: dec ebp
    "75f5", //       0e: jne 05
    "b83c000000", // 10: mov eax, 60            exit
    "31ff", //       15: xor edi, edi
    "0f05", //       17: syscall
  ],
  "aarch64": [
    // The number is bits 5 to 20 of the instruction.
    hex(0xd2800013 | calls << 5), // 00: mov x19, #calls
    "a81580d2", // 04: mov x8, #173             getppid
    "010000d4", // 08: svc #0
    "730600f1", // 0c: subs x19, x19, #1
    "a1ffff54", // 10: b.ne 04
    "a80b80d2", // 14: mov x8, #93              exit
    "000080d2", // 18: mov x0, #0
    "010000d4", // 1c: svc #0
  ],
});

/**
 * The program, as the bytes of an executable file.
 *
 * @param calls How often it calls, 65,535 times at most.
 * @param arch The architecture it is for.
 * @returns The bytes, to be written to a file with mode 0755.
 */
export function callingProgram(
  calls = CALLS,
  arch: Arch = Deno.build.arch,
): Uint8Array<ArrayBuffer> {
  return staticProgram(codeOf(calls), arch);
}

/** A word of 32 bits as it lies in memory. */
function hex(word: number): string {
  return new Uint8Array(Uint32Array.of(word).buffer).toHex();
}
