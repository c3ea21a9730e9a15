#!/usr/bin/env -S deno run --allow-ffi
/**
 * The tool `procctl`: process control for Linux, from the terminal.
 *
 * ```sh
 * deno install -g --allow-ffi -n procctl jsr:@procctl/cli
 * ```
 *
 * @module
 */

import { Arguments } from "./_arguments.ts";
import { report } from "./_failure.ts";
import { LOADERS } from "./_loaders.ts";
import { styleOf, write } from "./_output.ts";
import { rawArguments } from "./_raw_text.ts";
import type { Subcommand } from "./_subcommand.ts";
import { UsageError } from "./_usage_error.ts";
import { HELP_OPTION } from "./command.ts";

/**
 * Runs the tool.
 *
 * @param args The command line, without the tool's name.
 * @returns The exit status, unless the process becomes another program.
 *
 * @example Usage
 * ```ts
 * import { main } from "@procctl/cli";
 *
 * const status = await main(["--version"]); // prints: procctl 0.1.0
 * console.log(status); // prints: 0
 * ```
 */
export async function main(args: readonly string[]): Promise<number> {
  let command: Subcommand | undefined;
  try {
    const [first, ...rest] = args;
    if (first === "--help" || first === "-h") return await showHelp();
    if (first === "--version" || first === "-V") return await showVersion();
    command = await load(first);
    const { options, run } = command;
    const parsed = new Arguments(rest, [...options, HELP_OPTION]);
    if (!parsed.flag("help")) return await run(parsed);
    const { commandHelp } = await import("./_help.ts");
    write("stdout", commandHelp(command, styleOf("stdout")));
    return 0;
  } catch (error) {
    return report(error, command);
  }
}

function load(name: string | undefined): Promise<Subcommand> {
  if (name === undefined) throw new UsageError("There is no subcommand given");
  if (Object.hasOwn(LOADERS, name)) return LOADERS[name]!();
  if (name.startsWith("-")) {
    throw new UsageError(`There is no option "${name}"`);
  }
  const names = Object.keys(LOADERS).join(", ");
  throw new UsageError(
    `There is no subcommand "${name}": expected one of ${names}`,
  );
}

async function showHelp(): Promise<number> {
  const { toolHelp } = await import("./_help.ts");
  const { loadCommands } = await import("./commands.ts");
  write("stdout", toolHelp(await loadCommands(), styleOf("stdout")));
  return 0;
}

async function showVersion(): Promise<number> {
  const { default: { version } } = await import("./deno.json", {
    with: { type: "json" },
  });
  write("stdout", `procctl ${version}\n`);
  return 0;
}

if (import.meta.main) Deno.exitCode = await main(rawArguments());
