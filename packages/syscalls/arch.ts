/**
 * The architectures whose system calls are known.
 *
 * @module
 */

/**
 * An architecture, in the sense of what numbers its system calls have.
 *
 * `"i386"` is also what 64-bit programs use by `int 0x80`, whatever machine
 * they run on.
 */
export type SyscallArch = "x86_64" | "i386" | "aarch64";

/** Deno, if it is what runs this. */
const runtime = globalThis as {
  Deno?: { build: { arch: string } };
};

/**
 * The architecture that the functions of this package assume when none is
 * named: the one that Deno was built for, and `"x86_64"` in other runtimes.
 *
 * @example Usage
 * ```ts
 * import { NATIVE_ARCH } from "@procctl/syscalls";
 *
 * console.log(NATIVE_ARCH === Deno.build.arch); // prints: true
 * ```
 */
export const NATIVE_ARCH: SyscallArch = runtime.Deno?.build.arch === "aarch64"
  ? "aarch64"
  : "x86_64";
