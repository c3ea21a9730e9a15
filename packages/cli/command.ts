/**
 * How a subcommand is described: one description gives its parser, its help, its
 * completions and its page in the docs.
 *
 * @module
 */

/** An option of a subcommand. */
export interface Option {
  /** Its long name, without dashes. */
  name: string;
  /** Its letter, if it has one. */
  short?: string;
  /** What stands for its value in the help, such as `PID`; a flag has none. */
  value?: string;
  /**
   * Whether the value may be left out, so that it must be attached where there is
   * one: `--nofile=64`, `-n64`.
   *
   * @default {false}
   */
  optional?: boolean;
  /**
   * Whether it may be given more than once; of others the last one counts.
   *
   * @default {false}
   */
  multiple?: boolean;
  /** What it does, in a few words. */
  description: string;
  /** What its value can be, for completions. */
  completes?: Completion;
}

/** What a word of the command line can be: one of a kind, or one of these. */
export type Completion =
  | "file"
  | "directory"
  | "process"
  | "command"
  | readonly string[];

/** A command line that shows what a subcommand is for. */
export interface Example {
  /** What it does. */
  description: string;
  /** The command line. */
  command: string;
  /** What it prints, for the docs; without it the example is not run. */
  output?: string;
}

/** A subcommand of the tool. */
export interface Command {
  /** Its name. */
  name: string;
  /** What it does, in a few words. */
  summary: string;
  /** Its forms, without `procctl` and its name. */
  usage: readonly string[];
  /** What is to be known of it: paragraphs. */
  description: readonly string[];
  /** Its options, but for `--help`, which all have. */
  options: readonly Option[];
  /** What its first operand can be; those after it are files. */
  operands?: Completion;
  /** How it is used. */
  examples: readonly Example[];
  /** What its exit statuses mean. */
  exitStatus: readonly (readonly [status: string, meaning: string])[];
}

/** The option that each subcommand has. */
export const HELP_OPTION: Option = {
  name: "help",
  short: "h",
  description: "Show this help",
};

/** How the tool is installed, with exactly the permissions that it needs. */
export const INSTALL =
  "deno install -g --allow-ffi -n procctl jsr:@procctl/cli";
