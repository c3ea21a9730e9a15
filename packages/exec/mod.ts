/**
 * Replacing the running program by another: the exec family, for Deno.
 *
 * {@linkcode exec} is the friendly one: it finds the command in PATH, changes
 * directory, environment and standard streams, repairs what Deno changed for
 * itself, and undoes it all if the exec fails. The others are execve(2),
 * execveat(2) and exec(3) as C has them, and change nothing of their own.
 *
 * Needs `--allow-ffi`, or `--allow-ffi=<absolute path of libc>`. FFI is total
 * power: `--allow-run` is neither needed nor honoured.
 *
 * ```ts
 * import { exec } from "@procctl/exec";
 *
 * exec("echo", { args: ["hello"] }); // prints: hello
 * ```
 *
 * @module
 */

export { SystemError } from "@procctl/libc";
export type { Env, PathLike, Signal, StringOrBytes } from "@procctl/libc";
export type {
  LimitChange,
  Limits,
  LimitValue,
  Resource,
} from "@procctl/rlimit/types";

export * from "./at_flags.ts";
export * from "./exec.ts";
export type * from "./exec_options.ts";
export * from "./execl.ts";
export * from "./execle.ts";
export * from "./execlp.ts";
export * from "./execv.ts";
export * from "./execve.ts";
export * from "./execveat.ts";
export * from "./execveat_check.ts";
export * from "./execvp.ts";
export * from "./execvpe.ts";
export * from "./explain.ts";
export * from "./fexecve.ts";
export type * from "./path_fault.ts";
export type * from "./stdio.ts";
