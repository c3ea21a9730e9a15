/**
 * Finding the code blocks of Markdown and of doc comments.
 *
 * @module
 */

/** A code block that is checked. */
export interface Snippet {
  /** The file it is in. */
  file: string;
  /** The number of the block's first line in that file. */
  line: number;
  /** The fence's language: a program, or a transcript of shell commands. */
  language: "ts" | "console";
  /** The words after it. */
  flags: string[];
  /** The block. */
  code: string;
}

interface Line {
  number: number;
  text: string;
}

/** The flags of each language. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  ts: ["no-run", "needs-root", "needs-perf"],
  console: ["no-run", "one-command"],
};

const FENCE = /^( *)(`{3,})([^`]*)$/;

/**
 * The code blocks of a Markdown file.
 *
 * @param file The file's name, for messages.
 * @param text Its text.
 * @returns The blocks of the languages that are checked.
 * @throws {SyntaxError} If a block has no end or an unknown flag.
 */
export function snippetsOfMarkdown(file: string, text: string): Snippet[] {
  const lines = text.split("\n").map((text, index) => ({
    number: index + 1,
    text,
  }));
  return blocks(file, lines);
}

/**
 * The code blocks in the doc comments of a TypeScript file.
 *
 * @param file The file's name, for messages.
 * @param text Its text.
 * @returns The blocks of the languages that are checked.
 * @throws {SyntaxError} If a block has no end or an unknown flag.
 */
export function snippetsOfDocComments(file: string, text: string): Snippet[] {
  // One that begins a line: in a string such as "**/*.ts" is none.
  const comments = text.matchAll(/^[ \t]*\/\*\*[\s\S]*?\*\//gm);
  return Array.from(comments).flatMap(({ 0: comment, index }) => {
    const first = text.slice(0, index).split("\n").length;
    const lines = comment.split("\n").map((line, offset) => ({
      number: first + offset,
      text: line.replace(/^\s*\* ?/, ""),
    }));
    return blocks(file, lines);
  });
}

function blocks(file: string, lines: readonly Line[]): Snippet[] {
  const snippets: Snippet[] = [];
  for (let at = 0; at < lines.length; at++) {
    const fence = FENCE.exec(lines[at]!.text);
    if (fence === null) continue;
    const [, indentation, ticks, info] = fence;
    const start = at + 1;
    const length = lines.slice(start).findIndex(({ text }) =>
      text.trimStart().startsWith(ticks!)
    );
    if (length < 0) {
      throw new SyntaxError(
        `Cannot find the end of the block at ${file}:${lines[at]!.number}`,
      );
    }
    at = start + length;
    const code = lines.slice(start, at).map(({ text }) =>
      text.startsWith(indentation!) ? text.slice(indentation!.length) : text
    ).join("\n");
    const [language = "", ...flags] = info!.trim().split(/\s+/);
    if (language !== "ts" && language !== "console") continue;
    const known = FLAGS[language]!;
    const unknown = flags.find((flag) => !known.includes(flag));
    if (unknown !== undefined) {
      throw new SyntaxError(
        `Unknown flag "${unknown}" of the block at ${file}:${
          lines[start - 1]!.number
        }: known are ${known.join(", ")}`,
      );
    }
    const { number } = lines[start]!;
    snippets.push({ file, line: number, language, flags, code });
  }
  return snippets;
}
