/**
 * Reading transcripts of shell commands.
 *
 * @module
 */

/** A command and what it prints. */
export interface Exchange {
  /** The number of the command's line within the block, from 0. */
  offset: number;
  /** The command, without its `$ `. */
  command: string;
  /** What it prints, to standard output and standard error. */
  output: string;
}

/**
 * Reads a transcript: `$ ` begins a command, a backslash at its end joins the
 * next line to it, and the lines up to the next command are what it prints.
 *
 * @param code The block.
 * @param options Whether all lines but the first are what one command prints.
 * @returns Its commands.
 * @throws {SyntaxError} If it does not begin with a command.
 */
export function parseTranscript(
  code: string,
  options: { oneCommand: boolean } = { oneCommand: false },
): Exchange[] {
  const exchanges: Exchange[] = [];
  code.split("\n").forEach((line, offset) => {
    const last = exchanges.at(-1);
    const mayBegin = last === undefined || !options.oneCommand;
    if (mayBegin && line.startsWith("$ ")) {
      exchanges.push({ offset, command: line.slice(2), output: "" });
    } else if (last === undefined) {
      throw new SyntaxError('A transcript must begin with "$ "');
    } else if (last.output === "" && last.command.endsWith("\\")) {
      last.command += `\n${line}`;
    } else {
      last.output += `${line}\n`;
    }
  });
  return exchanges;
}

/**
 * Whether a command printed what its transcript says.
 *
 * @param told The transcript, in which a line `...` stands for any lines.
 * @param printed What the command printed.
 * @returns Whether they agree.
 */
export function agrees(told: string, printed: string): boolean {
  const parts = told.split(/^\.\.\.\n/m).map((part) => RegExp.escape(part));
  return new RegExp(`^${parts.join("(?:.*\\n)*")}$`).test(printed);
}
