/**
 * The part of the suite that is about the processor and the kernel, which is
 * what a guest runs unless it is told otherwise.
 *
 * @module
 */

/** What CI runs of it: machine code, registers, the numbers of system calls. */
export const RUN_IN_CI: readonly string[] = [
  ...["_table", "child_program"].map((name) =>
    `packages/spawn/${name}_test.ts`
  ),
  ...[
    ...["_changes", "_inject_call", "_register_requests", "_resume_requests"],
    ...["_syscall_requests", "breakpoint", "syscall_filter", "user_regs"],
  ].map((name) => `packages/ptrace/${name}_test.ts`),
];

/** All of it, in less than ten minutes of a machine of two processors. */
export const ARCHITECTURE_DEPENDENT: readonly string[] = [
  ...RUN_IN_CI,
];
