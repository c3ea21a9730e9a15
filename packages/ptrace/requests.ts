/**
 * ptrace(2) as it is: one function a request, named after it, and what goes
 * with them. Best imported as a whole:
 *
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const options = ptrace.PTRACE_O_TRACESYSGOOD | ptrace.PTRACE_O_EXITKILL;
 * const pid = ptrace.startTraced(["/bin/true"], options);
 * ptrace.syscall(pid);
 * console.log(ptrace.waitFor(pid).kind); // prints: syscall-stop
 * ```
 *
 * Requests work on the thread alone that traces: a Worker's tracees are its
 * own. `PTRACE_TRACEME` is a step of a child: `traceme()` of
 * `@procctl/spawn/steps`.
 *
 * @module
 */

export { SystemError } from "@procctl/libc";
export type { Signal, StringOrBytes } from "@procctl/libc";
export type { Word } from "./_check.ts";

export * from "./_attach_requests.ts";
export * from "./_peek_requests.ts";
export * from "./_register_requests.ts";
export * from "./_resume_requests.ts";
export * from "./_signal_requests.ts";
export * from "./_syscall_requests.ts";
export * from "./breakpoint.ts";
export * from "./constants.ts";
export * from "./process_memory.ts";
export * from "./process_vm.ts";
export * from "./siginfo.ts";
export * from "./start_traced.ts";
export * from "./syscall_info.ts";
export * from "./user_regs.ts";
export * from "./wait.ts";
