import type { ExecOptions } from "@procctl/exec/exec-options";
import { fromRawText } from "./_raw_text.ts";
import { checkInput } from "./_usage_error.ts";

/**
 * Becomes a command, found in PATH, with its arguments. What does that is loaded
 * here, as most of what the tool does goes without.
 */
export async function become(
  [command, ...args]: readonly string[],
  options: ExecOptions,
): Promise<number> {
  const { exec } = await import("@procctl/exec/exec");
  return checkInput(() =>
    exec(fromRawText(command!), { ...options, args: args.map(fromRawText) })
  );
}
