import { write } from "./_output.ts";
import type { Subcommand } from "./_subcommand.ts";
import { UsageError } from "./_usage_error.ts";
import { type Command, HELP_OPTION } from "./command.ts";

/** What writes the completions of a shell. */
type Writer = (commands: readonly Command[]) => string;

const SHELLS: Readonly<Record<string, () => Promise<Writer>>> = {
  bash: async () => (await import("./_bash.ts")).bashCompletions,
  zsh: async () => (await import("./_zsh.ts")).zshCompletions,
  fish: async () => (await import("./_fish.ts")).fishCompletions,
};

/** `procctl completions`: the script by which a shell completes command lines. */
export const completions: Subcommand = {
  name: "completions",
  summary: "Print the completions for bash, zsh or fish",
  usage: ["bash | zsh | fish"],
  description: [
    "Prints a script for a shell, by which it completes command lines of " +
    "procctl. It does not run procctl.",
  ],
  options: [],
  operands: Object.keys(SHELLS),
  examples: [
    {
      description: "In bash, for now or in ~/.bashrc",
      command: "source <(procctl completions bash)",
    },
    {
      description: "In zsh, in a folder of $fpath",
      command: "procctl completions zsh > ~/.zsh/completions/_procctl",
    },
    {
      description: "In fish",
      command:
        "procctl completions fish > ~/.config/fish/completions/procctl.fish",
    },
  ],
  exitStatus: [["0", "It is printed"], ["2", "The command line is wrong"]],
  async run({ operands }) {
    const [shell] = operands;
    if (
      shell === undefined || operands.length > 1 ||
      !Object.hasOwn(SHELLS, shell)
    ) {
      const names = Object.keys(SHELLS).join(", ");
      throw new UsageError(`There must be one shell given, of ${names}`);
    }
    const writer = await SHELLS[shell]!();
    const { loadCommands } = await import("./commands.ts");
    const commands = await loadCommands();
    write(
      "stdout",
      writer(commands.map((it) => ({
        ...it,
        options: [...it.options, HELP_OPTION],
      }))),
    );
    return 0;
  },
};
