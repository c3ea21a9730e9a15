import type { Arguments } from "./_arguments.ts";
import type { Command } from "./command.ts";

/** A subcommand: its description, and what does it. */
export interface Subcommand extends Command {
  /** Does it. Returns the exit status, unless it becomes another program. */
  run(args: Arguments): number | Promise<number>;
}
