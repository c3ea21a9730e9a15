import { parseArgs } from "@std/cli/parse-args";
import { readWords } from "./_words.ts";
import type { Option } from "./command.ts";

/** The arguments of a subcommand. */
export class Arguments {
  /** What follows the options: a command with its arguments, or a file. */
  readonly operands: readonly string[];
  readonly #options: Readonly<Record<string, unknown>>;
  readonly #words: readonly string[];

  constructor(args: readonly string[], options: readonly Option[]) {
    const words = readWords(args, options);
    this.operands = words.operands;
    this.#words = words.options;
    const valued = options.filter(({ value }) => value !== undefined);
    const flags = options.filter(({ value }) => value === undefined);
    this.#options = parseArgs(words.options, {
      boolean: namesOf(flags),
      string: namesOf(valued),
      collect: namesOf(valued),
    });
  }

  /** Whether a flag is given. */
  flag(name: string): boolean {
    return this.#options[name] === true;
  }

  /** How often a flag is given. */
  count(name: string): number {
    return this.#words.filter((it) => it === `--${name}`).length;
  }

  /** The value of an option, the last if there are several. */
  value(name: string): string | undefined {
    return this.values(name).at(-1);
  }

  /** All values of an option, in order; one that was left out is empty. */
  values(name: string): readonly string[] {
    return this.#options[name] as string[];
  }

  /** The given ones of these options that have values, in the order of these. */
  given(names: readonly string[]): string[] {
    return names.filter((name) => this.values(name).length > 0);
  }
}

function namesOf(options: readonly Option[]): string[] {
  return options.map(({ name }) => name);
}
