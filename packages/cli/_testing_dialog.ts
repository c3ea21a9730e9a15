import { Terminal } from "@procctl/testing";
import { spawn } from "@procctl/spawn";

/** What is awaited on the terminal, and what is typed then. */
export type Line = readonly [expected: string, typed: string];

const LONGEST = 30_000;

/**
 * Talks to a program that has a terminal, in a session of its own, like a
 * person: types each line once what is expected is shown.
 *
 * @returns All that the terminal showed, when the program has ended.
 */
export async function dialog(
  argv: readonly string[],
  lines: readonly Line[],
): Promise<string> {
  using terminal = new Terminal();
  const { device: fd } = terminal;
  const [command, ...args] = argv;
  await using child = spawn(command!, {
    args,
    session: true,
    controllingTerminal: fd,
    stdin: fd,
    stdout: fd,
    stderr: fd,
    env: { PS1: "ready> ", ENV: undefined },
  });
  let [shown, from] = ["", 0];
  const end = performance.now() + LONGEST;
  for (const [expected, typed] of lines) {
    let at: number;
    while ((at = shown.indexOf(expected, from)) < 0) {
      if (performance.now() > end) {
        throw new Error(
          `Cannot find ${JSON.stringify(expected)} in ${JSON.stringify(shown)}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
      shown += new TextDecoder().decode(terminal.read());
    }
    from = at + expected.length;
    terminal.type(typed);
  }
  await child.status;
  return shown + new TextDecoder().decode(terminal.read());
}
