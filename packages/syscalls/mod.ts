/**
 * What Linux's system calls are called, what they are given and what they
 * return, on x86_64, i386 and aarch64.
 *
 * The package is pure. It needs no permission, opens no file, and runs in any
 * JavaScript runtime. Its tables are generated from the kernel's source.
 *
 * ```ts
 * import { formatArgument, syscallName, syscallSignature } from "@procctl/syscalls";
 *
 * const name = syscallName(257, "x86_64");
 * const signature = syscallSignature(name, "x86_64")!;
 * const registers = [0xffff_ff9cn, 0x7ffc_0010n, 0o2000000n, 0n];
 * const texts = signature.parameters.map((_, index) =>
 *   formatArgument(signature, index, registers, "x86_64")
 * );
 * console.log(`${name}(${texts.join(", ")})`);
 * // prints: openat(AT_FDCWD, 0x7ffc0010, O_RDONLY|O_CLOEXEC, 000)
 * ```
 *
 * @module
 */

export * from "./arch.ts";
export * from "./arguments.ts";
export * from "./classes.ts";
export * from "./constants.ts";
export * from "./names.ts";
export * from "./results.ts";
export * from "./signatures.ts";
