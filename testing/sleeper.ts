import type { Arch } from "@procctl/libc/library";
import { staticProgram } from "./static_program.ts";

const X86_64 = [
  "31ff", //       xor edi, edi
  "31f6", //       xor esi, esi
  "31d2", //       xor edx, edx
  "4531d2", //     xor r10d, r10d
  "b80f010000", // mov eax, 271
  "0f05", //       syscall
  "ebee", //       jmp to the begin
];

const AARCH64 = [
  "000080d2", // mov x0, #0
  "010080d2", // mov x1, #0
  "020080d2", // mov x2, #0
  "030080d2", // mov x3, #0
  "280980d2", // mov x8, #73
  "010000d4", // svc #0
  "faffff17", // b to the begin
];

/**
 * A tiny static program that sleeps until a signal ends it: it calls
 * ppoll(NULL, 0, NULL, NULL) for ever. It opens nothing, and needs next to
 * nothing of its limits.
 *
 * @param arch The architecture it is for.
 * @returns The bytes, to be written to a file with mode 0755.
 */
export function sleeper(
  arch: Arch = Deno.build.arch,
): Uint8Array<ArrayBuffer> {
  return staticProgram({ "x86_64": X86_64, "aarch64": AARCH64 }, arch);
}
