/**
 * The part of the suite that is about the processor and the kernel, which is
 * what a guest runs unless it is told otherwise.
 *
 * @module
 */

/** What CI runs of it: machine code, registers, the numbers of system calls. */
export const RUN_IN_CI: readonly string[] = [
  ...["_table", "child_program"].map(testOf("packages/spawn")),
  ...["_changes", "_inject_call", "_register_requests", "_resume_requests"]
    .map(testOf("packages/ptrace")),
  ...["_syscall_requests", "breakpoint", "syscall_filter", "user_regs"]
    .map(testOf("packages/ptrace")),
];

/** All of it, in less than ten minutes of a machine of two processors. */
export const ARCHITECTURE_DEPENDENT: readonly string[] = [
  ...RUN_IN_CI,
  ...["calls", "memory"].map(testOf("apps/censor")),
  ...["execve", "execve_limits"].map(testOf("packages/exec")),
  "packages/libc/arena_test.ts",
  ...["process_memory", "tracer", "tracer_memory", "tracer_rewriting"]
    .map(testOf("packages/ptrace")),
  ...["argument_space", "differential"].map(testOf("packages/shebang")),
  ...["_job_steps", "_share_steps", "_signal_steps"].map(
    testOf("packages/spawn"),
  ),
  "packages/syscalls",
  "tests/demo_test.ts",
];

function testOf(folder: string): (name: string) => string {
  return (name) => `${folder}/${name}_test.ts`;
}
