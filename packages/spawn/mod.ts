/**
 * Starting programs, prepared by system calls.
 *
 * @module
 */

export { SystemError } from "@procctl/libc";
export type { Env, PathLike, Signal, StringOrBytes } from "@procctl/libc";

export * from "./child.ts";
export * from "./limited_child.ts";
export type * from "./limited_report.ts";
export * from "./run.ts";
export * from "./run_error.ts";
export * from "./run_limited.ts";
export type * from "./run_limited_options.ts";
export type * from "./run_options.ts";
export * from "./run_sync.ts";
export * from "./spawn.ts";
export * from "./spawn_limited.ts";
export type * from "./spawn_options.ts";
export type * from "./status.ts";
