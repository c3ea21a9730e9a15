import type { Style } from "./_output.ts";
import { wrap } from "./_text.ts";
import { type Command, HELP_OPTION, INSTALL, type Option } from "./command.ts";

const WIDTH = 80;
const INDENT = "  ";
/** Where descriptions of options begin at the latest. */
const MOST_LEFT = 28;

/** The help of the whole tool. */
export function toolHelp(
  commands: readonly Command[],
  { bold }: Style,
): string {
  return `procctl: process control for Linux

${bold("INSTALL")}
  ${INSTALL}

${bold("USAGE")}
  procctl SUBCOMMAND [OPTION...] [OPERAND...]
  procctl --help | --version

${bold("SUBCOMMANDS")}
${table(commands.map(({ name, summary }) => [name, summary]))}

${bold("OPTIONS")}
${
    table([
      ["-h, --help", "Show this help; that of a subcommand after its name"],
      ["-V, --version", "Show the version"],
    ])
  }
`;
}

/** The help of a subcommand. */
export function commandHelp(command: Command, { bold }: Style): string {
  const { name, summary, usage, description, examples, exitStatus } = command;
  const options = [...command.options, HELP_OPTION];
  return `procctl ${name}: ${summary}

${description.map((text) => wrap(text, WIDTH).join("\n")).join("\n\n")}

${bold("INSTALL")}
  ${INSTALL}

${bold("USAGE")}
${usage.map((form) => `  procctl ${name} ${form}`).join("\n")}

${bold("OPTIONS")}
${table(options.map((it) => [optionForm(it), it.description]))}

${bold("EXAMPLES")}
${
    examples.map(({ description, command }) =>
      `  # ${description}\n  ${command.replaceAll("\n", "\n  ")}`
    ).join("\n\n")
  }

${bold("EXIT STATUS")}
${table(exitStatus)}
`;
}

/** How an option is written, such as `-p, --pid PID`. */
export function optionForm({ name, short, value, optional }: Option): string {
  const letter = short === undefined ? "    " : `-${short}, `;
  if (value === undefined) return `${letter}--${name}`;
  return `${letter}--${name}${optional ? `[=${value}]` : ` ${value}`}`;
}

/** Two columns, the right one wrapped. */
function table(rows: readonly (readonly [string, string])[]): string {
  const longest = Math.max(...rows.map(([left]) => left.length));
  const left = Math.min(longest, MOST_LEFT - INDENT.length * 2);
  const start = left + INDENT.length * 2;
  return rows.flatMap(([name, text]) => {
    const lines = wrap(text, WIDTH - start);
    const rest = lines.map((line) => " ".repeat(start) + line);
    if (name.length > left) return [`${INDENT}${name}`, ...rest];
    return [
      `${INDENT}${name.padEnd(left)}${INDENT}${lines[0]}`,
      ...rest.slice(1),
    ];
  }).join("\n");
}
