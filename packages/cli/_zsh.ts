import type { Command, Completion, Option } from "./command.ts";

/** The completions for zsh, on its own _arguments. */
export function zshCompletions(commands: readonly Command[]): string {
  const list = commands.map(({ name, summary }) =>
    `        ${quote(`${name}:${summary}`)}`
  );
  return `#compdef procctl
# zsh completion for procctl, printed by "procctl completions zsh".

_procctl() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  _arguments -C \\
    '(- *)'{-h,--help}'[Show this help]' \\
    '(- *)'{-V,--version}'[Show the version]' \\
    '1: :->subcommand' \\
    '*:: :->arguments'
  case $state in
    subcommand)
      local -a subcommands=(
${list.join("\n")}
      )
      _describe subcommand subcommands
      ;;
    arguments)
      case $words[1] in
${commands.map(subcommand).join("\n")}
      esac
      ;;
  esac
}

if [[ $funcstack[1] == _procctl ]]; then
  _procctl "$@"
else
  compdef _procctl procctl
fi
`;
}

function subcommand({ name, options, operands }: Command): string {
  const specs = [...options.map(optionSpec), ...operandSpecs(operands)];
  return `        ${name})
          _arguments -s -S -A '-*' \\
${specs.map((it) => `            ${it}`).join(" \\\n")}
          ;;`;
}

function optionSpec(option: Option): string {
  const { name, short, value, optional, multiple, description } = option;
  const text = `[${description.replace(/[[\]\\]/g, "\\$&")}]`;
  const argument = value === undefined
    ? ""
    : `${optional ? "::" : ":"}${value}:${action(option.completes)}`;
  // "+" and "=" allow the value in the same word, "-" asks for that.
  const [afterShort, afterLong] = value === undefined
    ? ["", ""]
    : optional
    ? ["-", "=-"]
    : ["+", "="];
  const long = `--${name}${afterLong}`;
  if (short === undefined) {
    return quote(`${multiple ? "*" : ""}${long}${text}${argument}`);
  }
  const before = multiple ? "'*'" : quote(`(-${short} --${name})`);
  return `${before}{-${short}${afterShort},${long}}${quote(text + argument)}`;
}

function operandSpecs(operands: Completion | undefined): string[] {
  // "(-)": after the first operand there are no options.
  if (operands === "command") {
    return [quote("(-)1: :_command_names -e"), quote("*:: :_normal")];
  }
  return operands === undefined ? [] : [quote(`(-)1: :${action(operands)}`)];
}

function action(completes: Completion | undefined): string {
  switch (completes) {
    case undefined:
      return " ";
    case "file":
      return "_files";
    case "directory":
      return "_files -/";
    case "process":
      return "_pids";
    case "command":
      return "_command_names -e";
    default:
      return `(${completes.join(" ")})`;
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
