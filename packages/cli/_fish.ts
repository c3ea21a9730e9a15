import type { Command, Completion, Option } from "./command.ts";

/** The completions for fish. */
export function fishCompletions(commands: readonly Command[]): string {
  return [
    '# fish completion for procctl, printed by "procctl completions fish".',
    "",
    "complete -c procctl -f",
    ...[
      "-s h -l help -d 'Show this help'",
      "-s V -l version -d 'Show the version'",
      ...commands.map(({ name, summary }) => `-a ${name} -d ${quote(summary)}`),
    ].map((it) => `complete -c procctl -n __fish_use_subcommand ${it}`),
    ...commands.flatMap(subcommand),
    "",
  ].join("\n");
}

function subcommand({ name, options, operands }: Command): string[] {
  const condition = `-n '__fish_seen_subcommand_from ${name}'`;
  const lines = [
    ...options.map(optionFlags),
    ...(operands === undefined ? [] : [wordFlags(operands)]),
  ];
  return ["", ...lines.map((it) => `complete -c procctl ${condition} ${it}`)];
}

function optionFlags(option: Option): string {
  const { name, short, value, optional, description } = option;
  const parts = [
    ...(short === undefined ? [] : [`-s ${short}`]),
    `-l ${name}`,
    `-d ${quote(description)}`,
    ...(value === undefined || optional ? [] : [wordFlags(option.completes)]),
  ];
  return parts.join(" ");
}

/** What a word can be: -r asks for one, -F allows files, -x neither but these. */
function wordFlags(completes: Completion | undefined): string {
  switch (completes) {
    case undefined:
      return "-x";
    case "file":
      return "-r -F";
    case "directory":
      return "-x -a '(__fish_complete_directories)'";
    case "process":
      return "-x -a '(__fish_complete_pids)'";
    case "command":
      return "-x -a '(__fish_complete_subcommand --fcs-skip=2)'";
    default:
      return `-x -a ${quote(completes.join(" "))}`;
  }
}

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
