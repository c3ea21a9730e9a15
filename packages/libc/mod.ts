/**
 * Calling libc from Deno: the plumbing under the other packages of procctl.
 *
 * Opens libc symbol by symbol under the least permission, reads `errno` in the
 * same breath as the call, turns failures into a {@linkcode SystemError}, and
 * keeps memory for C out of the garbage collector's reach.
 *
 * Needs `--allow-ffi`, or `--allow-ffi=<absolute path of libc>`. Importing it
 * needs nothing and opens nothing: the first call does. FFI is total power: a
 * program with this permission is bound by no other.
 *
 * ```ts
 * import { errnoName, lazySymbols, orErrno } from "@procctl/libc";
 *
 * const libc = lazySymbols({ close: { parameters: ["i32"], result: "i32" } });
 * console.log(errnoName(-orErrno(libc.close(-1)))); // prints: EBADF
 * ```
 *
 * @module
 */

export * from "./arena.ts";
export * from "./encode.ts";
export * from "./encode_env.ts";
export * from "./environ.ts";
export * from "./errno.ts";
export * from "./files.ts";
export * from "./library.ts";
export * from "./memory.ts";
export * from "./open_flags.ts";
export * from "./program_arguments.ts";
export * from "./signals.ts";
export * from "./system_error.ts";
export type * from "./types.ts";
