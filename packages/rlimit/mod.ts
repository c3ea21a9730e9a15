/**
 * Resource limits, for Deno: getrlimit, setrlimit and prlimit, exact and for any
 * process.
 *
 * {@linkcode getrlimit}, {@linkcode setrlimit} and {@linkcode prlimit} take names
 * and sizes that people write, and say which rule was broken when the kernel
 * refuses. {@linkcode prlimit64} is prlimit(2) as C has it.
 *
 * Needs `--allow-ffi`, or `--allow-ffi=<absolute path of libc>`. FFI is total
 * power: a program with this permission is bound by no other.
 *
 * ```ts
 * import { getrlimit, setrlimit } from "@procctl/rlimit";
 *
 * setrlimit("stack", { soft: "4MiB" });
 * console.log(getrlimit("stack").soft); // prints: 4194304
 * ```
 *
 * @module
 */

export { SystemError } from "@procctl/libc/system-error";

export * from "./constants.ts";
export * from "./encode_limits.ts";
export * from "./format_limit.ts";
export * from "./format_limits.ts";
export * from "./get_all_limits.ts";
export * from "./getrlimit.ts";
export * from "./parse_limit.ts";
export * from "./parse_resource.ts";
export * from "./parse_rlimit.ts";
export * from "./prlimit.ts";
export * from "./prlimit64.ts";
export * from "./raise_nofile.ts";
export * from "./resources.ts";
export * from "./setrlimit.ts";
export type * from "./types.ts";
export * from "./with_limits.ts";
