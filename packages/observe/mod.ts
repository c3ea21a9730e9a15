/**
 * Every system call of a process tree, seen through perf events without
 * stopping it.
 *
 * @module
 */

export { SystemError } from "@procctl/libc";

export * from "./attach.ts";
export * from "./batch.ts";
export * from "./chrome_trace.ts";
export type * from "./event.ts";
export type * from "./observation.ts";
export * from "./observe.ts";
export * from "./obstacle.ts";
export type * from "./options.ts";
export * from "./summary.ts";
export type * from "./timeline_event.ts";
export * from "./trace_page.ts";
