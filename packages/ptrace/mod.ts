/**
 * Tracing other processes: ptrace(2), and what goes with it.
 *
 * @module
 */

export { SystemError } from "@procctl/libc";
export type { Signal, StringOrBytes } from "@procctl/libc";
export type { Word } from "./_check.ts";

export * from "./breakpoint.ts";
export * from "./constants.ts";
export * from "./process_memory.ts";
export * from "./process_vm.ts";
export * as ptrace from "./requests.ts";
export * from "./siginfo.ts";
export * from "./start_traced.ts";
export type * from "./syscall_event.ts";
export * from "./syscall_filter.ts";
export * from "./syscall_info.ts";
export * from "./tracer.ts";
export type * from "./tracer_event.ts";
export type * from "./tracer_options.ts";
export * from "./user_regs.ts";
export * from "./wait.ts";
