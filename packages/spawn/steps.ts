/**
 * What a child of a {@linkcode ChildProgram} can do before it executes its
 * program: each function makes a step, none does anything by itself.
 *
 * @module
 * @experimental
 */

export type { Call, CallArgument, Step, StepFailure } from "./_step.ts";

export * from "./_descriptor_steps.ts";
export { exec } from "./_exec_step.ts";
export * from "./_folder_steps.ts";
export * from "./_identity_steps.ts";
export * from "./_job_steps.ts";
export * from "./_share_steps.ts";
export * from "./_signal_steps.ts";
export * from "./_syscall_steps.ts";
