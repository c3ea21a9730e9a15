/**
 * The subcommands of the tool, for those who list them.
 *
 * @module
 * @experimental
 */

import { LOADERS } from "./_loaders.ts";
import type { Command } from "./command.ts";

/**
 * Loads the descriptions of all subcommands.
 *
 * @returns The descriptions, in the order of the help.
 *
 * @example Usage
 * ```ts
 * import { loadCommands } from "@procctl/cli/commands";
 *
 * const names = (await loadCommands()).map(({ name }) => name);
 * console.log(names.includes("limits")); // prints: true
 * ```
 */
export async function loadCommands(): Promise<Command[]> {
  return await Promise.all(Object.values(LOADERS).map((load) => load()));
}
