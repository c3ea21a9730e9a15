import type { Subcommand } from "./_subcommand.ts";
import { UsageError } from "./_usage_error.ts";

/** `procctl why`: what an execve(2) would run, or why not. */
export const why: Subcommand = {
  name: "why",
  summary: "Say what a file would run, or why it does not",
  usage: ["[OPTION...] [--] FILE [ARGUMENT...]"],
  description: [
    "Says what the kernel makes of FILE, without running it: each script with " +
    "its #! line, each interpreter with its arguments, and the program at the " +
    "end; or what is in the way, where, and what to do. A FILE without a slash " +
    "is looked for in PATH, as execvp(3) does.",
    "It says so where something cannot be known, such as of a file that may be " +
    "executed and not read.",
  ],
  options: [
    { name: "json", description: "Print JSON (type WhyReport)" },
    {
      name: "env-size",
      description: "Show what arguments and environment take of their room",
    },
  ],
  operands: "command",
  examples: [
    {
      description: "See why a file does not run",
      command: "procctl why ./docs",
      output: `./docs  ✗

It does not run: it is a directory (EACCES).
To do: Name a program or a script.
`,
    },
    {
      description: "See what a command is",
      command: "procctl why awk",
    },
    {
      description: "See how much room the environment leaves for arguments",
      command: "procctl why --env-size true",
    },
  ],
  exitStatus: [
    ["0", "It would run"],
    ["1", "It is not known whether it would run"],
    ["2", "The command line is wrong"],
    ["125", "It would start env(1), which would fail of itself"],
    ["126", "It could not be executed"],
    ["127", "It is not there"],
    ["139", "It would be killed by SIGSEGV"],
  ],
  async run(args) {
    if (args.operands.length === 0) {
      throw new UsageError("There is no FILE given");
    }
    // The help and completions of all subcommands go without it.
    const { runWhy } = await import("./_run_why.ts");
    return runWhy(args);
  },
};
