import type { CallArgument, Step } from "./_step.ts";

/** A step of one call that takes no more words than this. */
export function plain(
  name: string,
  action: string,
  syscall: string,
  ...args: CallArgument[]
): Step {
  return {
    kind: "plain",
    name,
    action,
    calls: [{ syscall, arguments: args }],
  };
}
