/**
 * A tiny static program that writes out exactly what execve handed to it. It is
 * written as bytes from here, so that no test depends on a C compiler.
 *
 * The kernel lays the strings of a new program out one after another: the
 * arguments, the environment, then the path that was executed. So the program
 * writes argc, and everything from argv[0] to the end of that path:
 *
 * - walk over argv and envp to the auxiliary vector, and in that to AT_EXECFN
 *   (31), whose value is the path's address; go to the path's end
 * - write(1, &argc, 8); write(1, argv[0], end - argv[0]); exit(0)
 *
 * @module
 */

import type { Arch } from "@procctl/libc/library";
import { staticProgram } from "./static_program.ts";

const X86_64 = [
  "4889e5", //     00: mov rbp, rsp
  "488b0424", //   03: mov rax, [rsp]             argc
  "488d54c410", // 07: lea rdx, [rsp+rax*8+16]    envp
  "488b0a", //     0c: mov rcx, [rdx]
  "4883c208", //   0f: add rdx, 8
  "4885c9", //     13: test rcx, rcx
  "75f4", //       16: jne 0c
  "488b02", //     18: mov rax, [rdx]             auxv
  "488b7a08", //   1b: mov rdi, [rdx+8]
  "4883c210", //   1f: add rdx, 16
  "4883f81f", //   23: cmp rax, 31                AT_EXECFN
  "75ef", //       27: jne 18
  "803f00", //     29: cmp byte ptr [rdi], 0
  "488d7f01", //   2c: lea rdi, [rdi+1]
  "75f7", //       30: jne 29
  "4c8b6508", //   32: mov r12, [rbp+8]           argv[0]
  "4989fd", //     36: mov r13, rdi
  "4d29e5", //     39: sub r13, r12
  "b801000000", // 3c: mov eax, 1                 write
  "bf01000000", // 41: mov edi, 1
  "4889ee", //     46: mov rsi, rbp
  "ba08000000", // 49: mov edx, 8
  "0f05", //       4e: syscall
  "b801000000", // 50: mov eax, 1                 write
  "bf01000000", // 55: mov edi, 1
  "4c89e6", //     5a: mov rsi, r12
  "4c89ea", //     5d: mov rdx, r13
  "0f05", //       60: syscall
  "b83c000000", // 62: mov eax, 60                exit
  "31ff", //       67: xor edi, edi
  "0f05", //       69: syscall
];

const AARCH64 = [
  "f3030091", // 00: mov x19, sp
  "600240f9", // 04: ldr x0, [x19]              argc
  "610e008b", // 08: add x1, x19, x0, lsl #3
  "21400091", // 0c: add x1, x1, #16            envp
  "228440f8", // 10: ldr x2, [x1], #8
  "e2ffffb5", // 14: cbnz x2, 10
  "2310c1a8", // 18: ldp x3, x4, [x1], #16      auxv
  "7f7c00f1", // 1c: cmp x3, #31                AT_EXECFN
  "c1ffff54", // 20: b.ne 18
  "85144038", // 24: ldrb w5, [x4], #1
  "e5ffff35", // 28: cbnz w5, 24
  "740640f9", // 2c: ldr x20, [x19, #8]         argv[0]
  "950014cb", // 30: sub x21, x4, x20
  "200080d2", // 34: mov x0, #1
  "e10313aa", // 38: mov x1, x19
  "020180d2", // 3c: mov x2, #8
  "080880d2", // 40: mov x8, #64                write
  "010000d4", // 44: svc #0
  "200080d2", // 48: mov x0, #1
  "e10314aa", // 4c: mov x1, x20
  "e20315aa", // 50: mov x2, x21
  "080880d2", // 54: mov x8, #64                write
  "010000d4", // 58: svc #0
  "000080d2", // 5c: mov x0, #0
  "a80b80d2", // 60: mov x8, #93                exit
  "010000d4", // 64: svc #0
];

/**
 * The dumper, as the bytes of an executable file.
 *
 * @param arch The architecture it is for.
 * @returns The bytes, to be written to a file with mode 0755.
 */
export function argvDumper(
  arch: Arch = Deno.build.arch,
): Uint8Array<ArrayBuffer> {
  return staticProgram({ "x86_64": X86_64, "aarch64": AARCH64 }, arch);
}

/** What a program was handed by execve. */
export interface Dump {
  /** Its arguments. */
  argv: Uint8Array[];
  /** Its environment's entries. */
  env: Uint8Array[];
  /** The path that was executed: the script's, for a script. */
  path: Uint8Array;
}

/**
 * Reads what the dumper wrote.
 *
 * @param output Its standard output, as bytes.
 * @returns The arguments, the environment and the path.
 * @throws {Error} If the output is not the dumper's.
 */
export function parseDump(output: Uint8Array): Dump {
  if (output.length < 10 || output.at(-1) !== 0) {
    throw new Error("Cannot parse a dump: the output is not the dumper's");
  }
  const view = new DataView(output.buffer, output.byteOffset);
  const argc = Number(view.getBigUint64(0, true));
  const strings: Uint8Array[] = [];
  for (let start = 8; start < output.length;) {
    const end = output.indexOf(0, start);
    strings.push(output.slice(start, end));
    start = end + 1;
  }
  return {
    argv: strings.slice(0, argc),
    env: strings.slice(argc, -1),
    path: strings.at(-1)!,
  };
}

/**
 * Reads what the dumper wrote, as text.
 *
 * @param output Its standard output, as bytes.
 * @returns The arguments, the environment and the path.
 * @throws {Error} If the output is not the dumper's.
 */
export function parseTextDump(
  output: Uint8Array,
): { argv: string[]; env: string[]; path: string } {
  const { argv, env, path } = parseDump(output);
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { argv: argv.map(decode), env: env.map(decode), path: decode(path) };
}
