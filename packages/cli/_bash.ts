import type { Command, Completion, Option } from "./command.ts";

/** The completions for bash, which needs no package for them. */
export function bashCompletions(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name);
  const values = commands.flatMap(({ name, options }) =>
    options.filter(isValued).map((it) => valueCase(name, it))
  ).filter((line) => line !== undefined);
  return `# bash completion for procctl, printed by "procctl completions bash".

_procctl_words() {
  COMPREPLY=($(compgen -W "$*" -- "$cur"))
}

_procctl_directories() {
  compopt -o filenames
  COMPREPLY=($(compgen -d -- "$cur"))
}

_procctl_commands() {
  # A path is left to the shell, as all file names are.
  [[ $cur == */* ]] || COMPREPLY=($(compgen -c -- "$cur"))
}

_procctl_processes() {
  _procctl_words "$(cd /proc && echo [0-9]*)"
}

_procctl() {
  local cur=\${COMP_WORDS[COMP_CWORD]} line=\${COMP_LINE:0:COMP_POINT} words
  # Not from COMP_WORDS, in which "=" and ":" part words too.
  read -ra words <<<"$line"
  [[ $line == *[[:blank:]] ]] && words+=('')
  [[ $cur == = ]] && cur=
  COMPREPLY=()
  local i option options valued operands last=$((\${#words[@]} - 1))
  if ((last == 1)); then
    _procctl_words ${names.join(" ")} --help --version
    return
  fi
  case \${words[1]} in
${commands.map(commandCase).join("\n")}
    *) return ;;
  esac

  # The current word is an option, the value of one, or the first operand.
  for ((i = 2; i < last; i++)); do
    option=
    if [[ \${words[i]} == -- ]]; then
      ((i == last - 1)) && $operands
      return
    elif [[ " $valued " == *" \${words[i]} "* ]]; then
      option=\${words[i]}
      ((i++))
    elif [[ \${words[i]} != -?* ]]; then
      return
    fi
  done
  ((i == last)) && option=
  [[ -z $option && \${words[last]} == --*=* ]] && option=\${words[last]%%=*}
  case "\${words[1]} $option" in
${values.join("\n")}
    *" ") [[ \${words[last]} == -* ]] && _procctl_words $options || $operands ;;
  esac
}

complete -o default -F _procctl procctl
`;
}

/** A flag takes no next word, and neither does a value that must be attached. */
function isValued({ value, optional }: Option): boolean {
  return value !== undefined && !optional;
}

function commandCase({ name, options, operands }: Command): string {
  const valued = options.filter(isValued).flatMap(namesOf);
  return `    ${name})
      options="${options.map((it) => `--${it.name}`).join(" ")}"
      valued="${valued.join(" ")}"
      operands="${call(operands)}"
      ;;`;
}

function valueCase(command: string, option: Option): string | undefined {
  if (option.completes === undefined) return undefined;
  const patterns = namesOf(option).map((name) => `"${command} ${name}"`);
  return `    ${patterns.join(" | ")}) ${call(option.completes)} ;;`;
}

function namesOf({ name, short }: Option): string[] {
  return short === undefined ? [`--${name}`] : [`-${short}`, `--${name}`];
}

function call(completes: Completion | undefined): string {
  switch (completes) {
    // What gives no word leaves it to the shell, which completes file names.
    case undefined:
    case "file":
      return ":";
    case "directory":
      return "_procctl_directories";
    case "process":
      return "_procctl_processes";
    case "command":
      return "_procctl_commands";
    default:
      return `_procctl_words ${completes.join(" ")}`;
  }
}
