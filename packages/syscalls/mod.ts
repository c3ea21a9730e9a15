/**
 * What Linux's system calls are called: numbers and names, on x86_64, i386 and
 * aarch64.
 *
 * The package is pure. It needs no permission, opens no file, and runs in any
 * JavaScript runtime. Its tables are generated from those of the kernel.
 *
 * ```ts
 * import { syscallName, syscallNumber } from "@procctl/syscalls";
 *
 * console.log(syscallName(257, "x86_64")); // prints: openat
 * console.log(syscallNumber("openat", "aarch64")); // prints: 56
 * ```
 *
 * @module
 */

export * from "./arch.ts";
export * from "./names.ts";
export * from "./signatures.ts";
